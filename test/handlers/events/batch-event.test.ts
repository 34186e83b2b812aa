import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBatchEvent } from '../../../handlers/events/batch-event.ts';

const bucket = 'cv-inbox';
const eventWith = (task: object, version: unknown = '1.0') => ({
  invocationSchemaVersion: version,
  invocationId: 'invocation-1',
  job: { id: 'job-1' },
  tasks: [{ taskId: 'task-1', s3Key: 'a.pdf', s3VersionId: null, s3BucketArn: 'arn:aws:s3:::cv-inbox', ...task }],
});
const taskOf = (event: unknown) => parseBatchEvent(event, bucket)?.tasks[0];

describe('the bucket of a batch task', () => {
  test.each([
    ['its ARN', { s3BucketArn: 'arn:aws:s3:::cv-inbox' }],
    ['its ARN with region and account', { s3BucketArn: 'arn:aws:s3:eu-central-1:111122223333:cv-inbox' }],
    ['its ARN in China', { s3BucketArn: 'arn:aws-cn:s3:::cv-inbox' }],
    ['its name, as schema 2.0 has it', { s3BucketArn: undefined, s3Bucket: 'cv-inbox' }],
  ])('the bucket of a batch task is recognised by %s', (_name, task) => {
    expect(taskOf(eventWith(task))).toEqual({ taskId: 'task-1', kind: 'object', key: 'a.pdf' });
  });

  test.each([
    ['another bucket', { s3BucketArn: 'arn:aws:s3:::other' }],
    ['another name', { s3Bucket: 'other' }],
    ['an access point', { s3BucketArn: 'arn:aws:s3:eu-central-1:111122223333:accesspoint/cv-inbox' }],
    ['nonsense', { s3BucketArn: 'cv:inbox' }],
    ['an ARN after other text', { s3BucketArn: 'x arn:aws:s3:::cv-inbox' }],
    ['an object of the bucket', { s3BucketArn: 'arn:aws:s3:::cv-inbox/a.pdf' }],
  ])('a batch task is refused for the bucket %s', (_name, task) => {
    const detail = 'The manifest names a bucket other than BUCKET, which is "cv-inbox".';
    expect(taskOf(eventWith(task))).toMatchObject({ kind: 'refused', code: 'BUCKET_FOREIGN', detail });
  });
});

describe('the key of a batch task', () => {
  test.each([
    ['Frank+Doe%20CV.pdf', 'Frank Doe CV.pdf'],
    ['C%2B%2B.pdf', 'C++.pdf'],
    ['L%C3%A9a.pdf', 'Léa.pdf'],
    ['100%25.pdf', '100%.pdf'],
  ])('the key %s of a batch task is decoded once, to %s', (s3Key, key) => {
    expect(taskOf(eventWith({ s3Key }))).toMatchObject({ key });
  });

  test.each(['%', '%E0%A4.pdf', 'a%ZZ'])(
    'the malformed key %s of a batch task is refused, and the other tasks are read',
    (s3Key) => {
      const event = {
        ...eventWith({}),
        tasks: [...eventWith({ s3Key }).tasks, ...eventWith({ taskId: 'task-2' }).tasks],
      };
      expect(parseBatchEvent(event, bucket)?.tasks).toMatchObject([
        { taskId: 'task-1', kind: 'refused', code: 'KEY_MALFORMED' },
        { taskId: 'task-2', kind: 'object' },
      ]);
    },
  );

  test.each([
    [{ s3Key: '' }, 'key'],
    [{ s3Key: 7 }, 'key'],
    [{ s3Key: undefined }, 'key'],
    [{ s3BucketArn: undefined }, 'bucket'],
  ])('a batch task with %j is refused because it has no %s', (task, what) => {
    const detail = `The task names no ${what}.`;
    expect(taskOf(eventWith(task))).toMatchObject({ kind: 'refused', code: 'TASK_INCOMPLETE', detail });
  });
});

test('the version of a batch task is used when the manifest has one', () => {
  expect(taskOf(eventWith({ s3VersionId: 'v-1' }))).toMatchObject({ versionId: 'v-1' });
  for (const s3VersionId of [null, '', 'null', undefined]) {
    expect(taskOf(eventWith({ s3VersionId }))).not.toHaveProperty('versionId');
  }
});

test.each(['1.0', '2.0', '', 2, null])('a batch event with schema version %j is read', (version) => {
  expect(taskOf(eventWith({}, version))).toMatchObject({ kind: 'object' });
});

test.each<readonly [string, string]>([
  ['3.0', 'The job uses InvocationSchemaVersion 3.0.'],
  ...['Frank', 'Frank 3.0', '3.0 Frank', '1.0.0.0.0.0.0'].map(
    (version) => [version, 'The job uses an InvocationSchemaVersion that is not a number.'] as const,
  ),
])(
  'the tasks of a batch event with schema version %j are refused, so that the report has the reason',
  (version, detail) => {
    expect(taskOf(eventWith({}, version))).toMatchObject({ kind: 'refused', code: 'SCHEMA_UNKNOWN', detail });
  },
);

test('a batch event without tasks is an empty list, and a task without an id cannot be answered', () => {
  expect(parseBatchEvent({ ...eventWith({}), tasks: [] }, bucket)?.tasks).toEqual([]);
  expect(parseBatchEvent(eventWith({ taskId: '' }), bucket)?.tasks).toEqual([]);
});

test.each([
  [null],
  [{}],
  [7],
  ['text'],
  [[]],
  [{ tasks: [] }],
  [{ invocationId: 'x' }],
  [{ invocationId: 'x', tasks: {} }],
])('%j is not a batch event', (event) => {
  expect(parseBatchEvent(event, bucket)).toBeUndefined();
});

test('any batch event is read or refused without an exception', () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (task, more) => {
      parseBatchEvent({ invocationId: 'x', tasks: [task], ...(more as object) }, bucket);
    }),
    { numRuns: 300 },
  );
});
