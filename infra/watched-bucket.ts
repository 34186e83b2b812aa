import { literalPrefixes, parseKeyTemplates } from '../lib/key-template/match-key.ts';
import { encodeEventKey } from '../lib/upload/object-key.ts';
import { reference } from './parameters/stack-parameters.ts';

/** A value in a CloudFormation template: a text, or an expression that CloudFormation evaluates. */
type Value = string | { readonly [name: string]: unknown };

const noValue: Value = { Ref: 'AWS::NoValue' };
const choose = (condition: string, yes: unknown, no: unknown): Value => ({ 'Fn::If': [condition, yes, no] });

/**
 * Builds the bucket's name and ARN without a reference to the bucket. The bucket needs the function for its
 * notification, so a reference from the function back to the bucket would be circular, which CloudFormation rejects.
 */
const ownBucketName = choose('NamedBucket', reference('bucketName'), {
  'Fn::Sub': '${AWS::StackName}-uploads-${AWS::AccountId}-${AWS::Region}',
});
const bucketName = choose('OwnBucket', ownBucketName, reference('existingBucket'));

const arnWith = (rest: string, name = bucketName): Value => ({
  'Fn::Sub': [`arn:\${AWS::Partition}:s3:::\${Bucket}${rest}`, { Bucket: name }],
});

/** The keys are the names in infra/resources/*.yml (`${courier:bucketArn}`). */
export const bucketParts: Readonly<Record<string, Value>> = {
  bucketName,
  bucketArn: arnWith(''),
  /** The only object that a function may write. The parameter allows no wildcards and no variables. */
  canaryArn: arnWith('/${CanaryKey}'),
  /** For places where only the stack's own bucket is possible. */
  ownBucketName,
  ownBucketArn: arnWith('', ownBucketName),
};

/** One watched folder, in the notation of each service. */
interface Folder {
  /** As in keys. EventBridge and GuardDuty use this form. */
  readonly plain: Value;
  /** In an ARN, as a part of Fn::Sub. */
  readonly inArn: string;
  /** In the filter of an S3 notification: form-encoded, like keys in events. */
  readonly inFilter: Value;
  /** The condition under which the folder is watched. */
  readonly condition?: string;
}

interface Watched {
  readonly folders: readonly Folder[];
  /** Whether the whole bucket is watched. A text is the name of a condition. */
  readonly everything: boolean | string;
  readonly keyTemplates: Value;
  /** For WATCHED_PREFIXES: separated by "|", and "*" for the whole bucket. */
  readonly prefixes: Value;
}

const each = (folders: readonly Folder[], make: (folder: Folder) => unknown): readonly unknown[] =>
  folders.map((folder) =>
    folder.condition === undefined ? make(folder) : choose(folder.condition, make(folder), noValue),
  );

const everythingOr = (everything: boolean | string, all: unknown, some: unknown): unknown =>
  typeof everything === 'string' ? choose(everything, all, some) : everything ? all : some;

const notification = (filter?: Value) => ({
  Event: 's3:ObjectCreated:*',
  Function: { 'Fn::GetAtt': ['OnDashuploadLambdaFunction', 'Arn'] },
  ...(filter !== undefined && { Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: filter }] } } }),
});

/** The parts of the template that depend on the watched folders. */
const partsOf = ({ folders, everything, keyTemplates, prefixes }: Watched) => ({
  /** What the roles may read: only keys that a template can match. */
  objectArns: everythingOr(
    everything,
    [arnWith('/*')],
    each(folders, ({ inArn }) => arnWith(`/${inArn}*`)),
  ),
  /** S3's own notification, one per folder. Only for the stack's own bucket, because it is a property of the bucket. */
  notifications: everythingOr(
    everything,
    [notification()],
    each(folders, ({ inFilter }) => notification(inFilter)),
  ),
  /** The same filter for EventBridge. */
  keyPattern: everythingOr(
    everything,
    [{ exists: true }],
    each(folders, ({ plain }) => ({ prefix: plain })),
  ),
  /** The same filter for GuardDuty. */
  scanPrefixes: everythingOr(
    everything,
    noValue,
    each(folders, ({ plain }) => plain),
  ),
  keyTemplates,
  prefixes,
});

export type WatchedPart = keyof ReturnType<typeof partsOf>;
export type WatchedParts = Readonly<Record<WatchedPart, unknown>>;

const partNames: ReadonlySet<string> = new Set<WatchedPart>([
  'objectArns',
  'notifications',
  'keyPattern',
  'scanPrefixes',
  'keyTemplates',
  'prefixes',
]);

export const isWatchedPart = (name: string): name is WatchedPart => partNames.has(name);

/**
 * The folder for an ARN in a policy. IAM policies allow no character beyond U+00FF, so each of these becomes the
 * wildcard "?". IAM does not document whether a character beyond U+FFFF counts as one or two, so it becomes "*".
 * @see IAM User Guide, "Grammar of the IAM JSON policy language", and API reference, PolicyDocument:
 *   [\u0009\u000A\u000D\u0020-\u00FF]+
 */
const inPolicy = (prefix: string): string =>
  [...prefix].map((character) => (character <= '\u00ff' ? character : character.length === 1 ? '?' : '*')).join('');

/** The folders of the key templates. Folders contain no braces, so none looks like a variable of Fn::Sub. */
export const foldersOfTemplates = (keyTemplates: string): WatchedParts => {
  const templates = parseKeyTemplates(keyTemplates);
  const prefixes = templates.ok ? literalPrefixes(templates.value) : [''];
  const everything = prefixes.includes('');
  return partsOf({
    folders: prefixes.map((prefix) => ({
      plain: prefix,
      inArn: inPolicy(prefix),
      inFilter: encodeEventKey(prefix),
    })),
    everything,
    keyTemplates,
    prefixes: everything ? '*' : prefixes.join('|'),
  });
};

export const slots = [1, 2, 3, 4, 5] as const;

/**
 * The same with the folders as parameters of the template: Prefix1 to Prefix5. "*" in the first means the whole bucket.
 */
export const foldersOfSlots: WatchedParts = partsOf({
  folders: slots.map((slot) => ({
    plain: { Ref: `Prefix${slot}` },
    inArn: `\${Prefix${slot}}`,
    // A slot allows only characters that need no encoding.
    inFilter: { Ref: `Prefix${slot}` },
    ...(slot > 1 && { condition: `HasPrefix${slot}` }),
  })),
  everything: 'WholeBucket',
  keyTemplates: { Ref: 'KeyTemplates' },
  prefixes: { 'Fn::Sub': slots.map((slot) => `\${Prefix${slot}}`).join('|') },
});

const markerName = 'Courier::Watched';

/** A placeholder in the template, which is replaced when the form of the template is written. */
export const watchedMarker = (part: WatchedPart) => ({ [markerName]: part });

/** The template with each marker replaced by its part. */
export const placeFolders = <T>(template: T, parts: WatchedParts): T => {
  const place = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(place);
    if (typeof value !== 'object' || value === null) return value;
    const part = (value as Readonly<Record<string, unknown>>)[markerName];
    if (typeof part === 'string' && isWatchedPart(part)) return parts[part];
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, place(inner)]));
  };
  return place(template) as T;
};
