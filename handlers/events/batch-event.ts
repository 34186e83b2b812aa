import type { EventFailureCode } from '../../lib/failures/event-failures.ts';
import { at, isObject, nonEmptyText } from '../../lib/json.ts';
import { decodeBatchKey } from '../../lib/upload/object-key.ts';

/** What one task of a job asks for, or why it is refused. */
export type BatchTask = { readonly taskId: string } & (
  | {
      readonly kind: 'object';
      readonly key: string;
      /** Only this version, when the manifest names one. */
      readonly versionId?: string;
    }
  | { readonly kind: 'refused'; readonly code: EventFailureCode; readonly detail: string }
);

export interface BatchEvent {
  /** Returned unchanged in the response, because S3 compares it. */
  readonly schemaVersion: string;
  readonly invocationId: string;
  readonly tasks: readonly BatchTask[];
}

const knownVersions = ['1.0', '2.0'];

/**
 * Reads an invocation by S3 Batch Operations. Schema 1.0 names the bucket by its ARN, 2.0 by its name (and may carry
 * `job.userArguments`, which is not needed here); keys are URL-encoded in both. S3 sends one task at a time today; any
 * number is accepted.
 * @returns undefined for any other event, because its sender would not understand a result.
 * @see Amazon S3 User Guide, "Invoke AWS Lambda function" (Batch Operations)
 */
export const parseBatchEvent = (event: unknown, bucket: string): BatchEvent | undefined => {
  const invocationId = nonEmptyText(at(event, 'invocationId'));
  if (!isObject(event) || invocationId === undefined || !Array.isArray(event.tasks)) return undefined;
  const schemaVersion = nonEmptyText(event.invocationSchemaVersion) ?? '1.0';
  // A task without an id cannot be answered; S3 treats it according to `treatMissingKeysAs`.
  const tasks = event.tasks.flatMap((task: unknown) => {
    const taskId = nonEmptyText(at(task, 'taskId'));
    return taskId === undefined ? [] : [{ taskId, ...contentOf(task, schemaVersion, bucket) }];
  });
  return { schemaVersion, invocationId, tasks };
};

type Content = BatchTask extends infer Task ? (Task extends unknown ? Omit<Task, 'taskId'> : never) : never;

const contentOf = (task: unknown, schemaVersion: string, bucket: string): Content => {
  if (!knownVersions.includes(schemaVersion)) {
    const isVersion = /^[\d.]{1,10}$/.test(schemaVersion);
    const named = isVersion
      ? `InvocationSchemaVersion ${schemaVersion}`
      : 'an InvocationSchemaVersion that is not a number';
    return refuseTask('SCHEMA_UNKNOWN', `The job uses ${named}.`);
  }
  const named = nonEmptyText(at(task, 's3Bucket')) ?? bucketOfArn(nonEmptyText(at(task, 's3BucketArn')));
  if (named === undefined) return refuseTask('TASK_INCOMPLETE', 'The task names no bucket.');
  if (named !== bucket) {
    return refuseTask('BUCKET_FOREIGN', `The manifest names a bucket other than BUCKET, which is "${bucket}".`);
  }
  const encoded = nonEmptyText(at(task, 's3Key'));
  if (encoded === undefined) return refuseTask('TASK_INCOMPLETE', 'The task names no key.');
  const key = decodeBatchKey(encoded);
  if (!key.ok) return refuseTask('KEY_MALFORMED', `${key.error} Keys in a manifest are URL-encoded.`);
  const versionId = nonEmptyText(at(task, 's3VersionId'));
  // S3 uses the version id "null" for an object without a version.
  return { kind: 'object', key: key.value, ...(versionId !== undefined && versionId !== 'null' && { versionId }) };
};

const refuseTask = (code: EventFailureCode, detail: string): Content => ({ kind: 'refused', code, detail });

/**
 * Accepts `arn:aws:s3:::name`, the form with region and account (`arn:aws:s3:eu-central-1:111122223333:name`), and
 * other partitions.
 */
const bucketOfArn = (arn: string | undefined): string | undefined =>
  arn === undefined ? undefined : (/^arn:[\w-]+:s3:[\w-]*:\d*:([^/:]+)$/.exec(arn)?.[1] ?? arn);
