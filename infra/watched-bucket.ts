import { literalPrefixes, parseKeyTemplates } from '../lib/key-template/match-key.ts';
import { encodeEventKey } from '../lib/upload/object-key.ts';
import { reference } from './parameters/stack-parameters.ts';

/** A value of a CloudFormation template: ready, or filled in by CloudFormation. */
type Value = string | { readonly [name: string]: unknown };

const noValue: Value = { Ref: 'AWS::NoValue' };
const choose = (condition: string, yes: unknown, no: unknown): Value => ({ 'Fn::If': [condition, yes, no] });

/**
 * Lets the bucket's name and its ARN stand in a template without a reference to the bucket: the bucket needs the function for its
 * notification, so a function that needed the bucket would close a circle, which CloudFormation refuses.
 */
const ownBucketName = choose('NamedBucket', reference('bucketName'), {
  'Fn::Sub': '${AWS::StackName}-uploads-${AWS::AccountId}-${AWS::Region}',
});
const bucketName = choose('OwnBucket', ownBucketName, reference('existingBucket'));

const arnWith = (rest: string, name = bucketName): Value => ({
  'Fn::Sub': [`arn:\${AWS::Partition}:s3:::\${Bucket}${rest}`, { Bucket: name }],
});

/** By the name under which infra/resources/*.yml asks for them (`${courier:bucketArn}`). */
export const bucketParts: Readonly<Record<string, Value>> = {
  bucketName,
  bucketArn: arnWith(''),
  /** The one object that a function may write: the form of the parameter allows no wildcard and no variable. */
  canaryArn: arnWith('/${CanaryKey}'),
  /** Where the bucket can only be the stack's own. */
  ownBucketName,
  ownBucketArn: arnWith('', ownBucketName),
};

/** One watched folder, as each service wants to have it written. */
interface Folder {
  /** As in keys; EventBridge and GuardDuty take it so. */
  readonly plain: Value;
  /** In an ARN, as a part of Fn::Sub. */
  readonly inArn: string;
  /** In the filter of an S3 notification: form-encoded, as keys are in events. */
  readonly inFilter: Value;
  /** The condition under which the folder is watched. */
  readonly condition?: string;
}

interface Watched {
  readonly folders: readonly Folder[];
  /** Whether the whole bucket is watched; a text is the condition that decides it. */
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

/** The parts of the template that depend on the watched folders, by name. */
const partsOf = ({ folders, everything, keyTemplates, prefixes }: Watched) => ({
  /** What the roles may read: only keys that a template can fit. */
  objectArns: everythingOr(
    everything,
    [arnWith('/*')],
    each(folders, ({ inArn }) => arnWith(`/${inArn}*`)),
  ),
  /** S3's own notification, one per folder. Only for an own bucket: it is a property of the bucket. */
  notifications: everythingOr(
    everything,
    [notification()],
    each(folders, ({ inFilter }) => notification(inFilter)),
  ),
  /** The same filter as EventBridge writes it. */
  keyPattern: everythingOr(
    everything,
    [{ exists: true }],
    each(folders, ({ plain }) => ({ prefix: plain })),
  ),
  /** The same filter as GuardDuty writes it. */
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
 * The folder as it may stand in an ARN of a policy. IAM's policies take no character beyond U+00FF, so "?" stands there for one
 * of them. IAM does not say whether a character beyond U+FFFF counts as one or as two, so "*" stands for such a one.
 * @see IAM User Guide, "Grammar of the IAM JSON policy language", and API reference, PolicyDocument: [\u0009\u000A\u000D\u0020-\u00FF]+
 */
const inPolicy = (prefix: string): string =>
  [...prefix].map((character) => (character <= '\u00ff' ? character : character.length === 1 ? '?' : '*')).join('');

/** The folders that follow from key templates. No folder holds a brace, so none can be taken for a variable of Fn::Sub. */
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

/** The same with the folders as parameters of the template: Prefix1 to Prefix5, and "*" in the first for the whole bucket. */
export const foldersOfSlots: WatchedParts = partsOf({
  folders: slots.map((slot) => ({
    plain: { Ref: `Prefix${slot}` },
    inArn: `\${Prefix${slot}}`,
    // Only characters that need no encoding are allowed in a slot.
    inFilter: { Ref: `Prefix${slot}` },
    ...(slot > 1 && { condition: `HasPrefix${slot}` }),
  })),
  everything: 'WholeBucket',
  keyTemplates: { Ref: 'KeyTemplates' },
  prefixes: { 'Fn::Sub': slots.map((slot) => `\${Prefix${slot}}`).join('|') },
});

const markerName = 'Courier::Watched';

/** Stands in the template where a part belongs, until it is known which form of the template is written. */
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
