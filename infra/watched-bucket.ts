import { literalPrefixes, parseKeyTemplates } from '../lib/key-template/match-key.ts';

/** What serverless.yml says about the bucket and the keys in it. */
export interface BucketSettings {
  readonly service: string;
  readonly stage: string;
  /** Name of a bucket that exists already; empty when the stack makes its own. */
  readonly existingBucket: string;
  readonly keyTemplates: string;
}

/** A string of a CloudFormation template: ready, or filled in by CloudFormation. */
type TemplateString = string | { readonly 'Fn::Sub': string };

const text = (value: string): TemplateString => (value.includes('${') ? { 'Fn::Sub': value } : value);

/** Lets an own bucket's name and its ARN stand in a template without a reference to the bucket. */
const nameOf = ({ service, stage, existingBucket }: BucketSettings): string =>
  existingBucket || `${service}-${stage}-uploads-\${AWS::AccountId}-\${AWS::Region}`;

const arnOf = (settings: BucketSettings): string => `arn:\${AWS::Partition}:s3:::${nameOf(settings)}`;

const prefixesOf = ({ keyTemplates }: BucketSettings): readonly string[] => {
  const templates = parseKeyTemplates(keyTemplates);
  return templates.ok ? literalPrefixes(templates.value) : [''];
};

/**
 * The parts of the template that follow from the bucket and from the key templates, by the name under which
 * infra/resources/*.yml asks for them (`${courier:objectArns}`). One setting, KEY_TEMPLATES, so decides which keys are
 * read as CVs, which uploads start the function, what its role may read, and what is scanned.
 *
 * The bucket is given by name, never as a reference: the bucket needs the function for its notification, so a function
 * that needed the bucket would close a circle, which CloudFormation refuses.
 */
export const watchedBucket = {
  bucketName: (settings: BucketSettings): unknown => text(nameOf(settings)),
  bucketArn: (settings: BucketSettings): unknown => text(arnOf(settings)),

  /** What the roles may read: only keys that a template can fit. */
  objectArns: (settings: BucketSettings): unknown =>
    prefixesOf(settings).map((prefix) => text(`${arnOf(settings)}/${prefix}*`)),

  /** S3's own notification, one per prefix. Only for an own bucket: it is a property of the bucket. */
  notifications: (settings: BucketSettings): unknown =>
    prefixesOf(settings).map((prefix) => ({
      Event: 's3:ObjectCreated:*',
      Function: { 'Fn::GetAtt': ['OnDashuploadLambdaFunction', 'Arn'] },
      ...(prefix === '' ? {} : { Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: prefix }] } } }),
    })),

  /** The same filter as EventBridge writes it. */
  keyPattern: (settings: BucketSettings): unknown => {
    const prefixes = prefixesOf(settings);
    return prefixes.includes('') ? [{ exists: true }] : prefixes.map((prefix) => ({ prefix }));
  },

  /** The same filter as GuardDuty writes it. */
  scanPrefixes: (settings: BucketSettings): unknown => {
    const prefixes = prefixesOf(settings);
    return prefixes.includes('') ? { Ref: 'AWS::NoValue' } : prefixes;
  },
} as const satisfies Record<string, (settings: BucketSettings) => unknown>;

export type WatchedBucketPart = keyof typeof watchedBucket;

export const isWatchedBucketPart = (name: string): name is WatchedBucketPart => Object.hasOwn(watchedBucket, name);
