import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { metricLines } from '../../fakes/metric-lines.ts';
import { startLoopback } from '../../worlds/loopback.ts';

const loopback = await startLoopback();
afterAll(loopback.stop);
afterEach(() => vi.restoreAllMocks());

const task = (taskId: string, s3Key: string) => ({
  taskId,
  s3Key,
  s3VersionId: null,
  s3BucketArn: 'arn:aws:s3:::cv-inbox',
});
const event = (...tasks: readonly object[]) => ({
  invocationSchemaVersion: '1.0',
  invocationId: 'invocation-1',
  job: { id: 'j' },
  tasks,
});

test('the tasks of a batch are answered by their ids, in their order, each separately', async () => {
  await loopback.put('candidates/GRK1/Frank Doe CV.pdf');
  const tasks = [
    task('t-1', 'candidates/GRK1/None.pdf'),
    task('t-2', 'candidates/GRK1/Frank+Doe+CV.pdf'),
    task('t-3', '%'),
  ];
  expect(await loopback.invoke('on-batch', event(...tasks))).toEqual({
    invocationSchemaVersion: '1.0',
    treatMissingKeysAs: 'PermanentFailure',
    invocationId: 'invocation-1',
    results: [
      { taskId: 't-1', resultCode: 'PermanentFailure', resultString: expect.stringContaining('OBJECT_DELETED') },
      { taskId: 't-2', resultCode: 'Succeeded', resultString: 'Attached.' },
      { taskId: 't-3', resultCode: 'PermanentFailure', resultString: expect.stringContaining('KEY_MALFORMED') },
    ],
  });
  expect(loopback.kombo.attachments({ target: { kind: 'candidate', id: 'GRK1' } })).toHaveLength(1);
});

test('a batch without a task is answered without a result', async () => {
  expect(await loopback.invoke('on-batch', event())).toMatchObject({
    results: [],
    treatMissingKeysAs: 'PermanentFailure',
  });
});

test('an unknown schema of a batch is echoed, and every task has the next step', async () => {
  const answer = await loopback.invoke('on-batch', { ...event(task('t-1', 'a.pdf')), invocationSchemaVersion: '9.9' });
  expect(answer).toMatchObject({
    invocationSchemaVersion: '9.9',
    results: [
      {
        resultCode: 'PermanentFailure',
        resultString:
          'REFUSED SCHEMA_UNKNOWN: The job uses InvocationSchemaVersion 9.9. Create the job with InvocationSchemaVersion 1.0 or 2.0.',
      },
    ],
  });
});

test('an event that is not a batch is refused with the way to send one object manually', async () => {
  await expect(loopback.invoke('on-batch', { hello: 'world' })).rejects.toThrow('{"action":"attach","key":"..."}');
});

test('event, schedule, console and batch for one object concurrently make one POST', async () => {
  for (let round = 1; round <= 5; round += 1) {
    const key = `candidates/GRKrace${round}/CV.pdf`;
    await loopback.put(key);
    const { files } = (await loopback.invoke('on-demand', { action: 'status', key })) as { files: unknown[] };
    expect(files).toEqual([]);
    const notification = {
      source: 'aws.s3',
      'detail-type': 'Object Created',
      detail: { bucket: { name: 'cv-inbox' }, object: { key } },
    };
    const before = loopback.kombo.attachments().length;
    await Promise.all([
      loopback.invoke('on-upload', notification),
      loopback.invoke('on-upload', notification),
      loopback.invoke('on-schedule', {}),
      loopback.invoke('on-demand', { action: 'attach', key }),
      loopback.invoke('on-demand', { action: 'attach', prefix: `candidates/GRKrace${round}/` }),
      loopback.invoke('on-batch', event(task('t-1', key))),
      loopback.invoke('on-batch', event(task('t-1', key))),
    ]);
    expect(loopback.kombo.attachments().length - before).toBe(1);
    expect(await loopback.invoke('on-demand', { action: 'status', key })).toMatchObject({
      files: [{ status: 'attached' }],
    });
  }
});

test('a refused batch task is counted with its code, and so is an event that is not a batch', async () => {
  const lines = await metricLines();
  await loopback.invoke(
    'on-batch',
    event(task('t-1', '%'), { ...task('t-2', 'a.pdf'), s3BucketArn: 'arn:aws:s3:::other' }),
  );
  await loopback.invoke('on-batch', { Frank: 1 }).catch(() => undefined);
  expect(lines.filter((line) => 'RefusedEvents' in line).map(({ code }) => code)).toEqual([
    'KEY_MALFORMED',
    'BUCKET_FOREIGN',
    'EVENT_UNKNOWN',
  ]);
});

test('each refusal of on-batch that raises an alarm has the log line that the alarm searches, even without a batch', async () => {
  const { logger } = await import('../../../lib/telemetry/logger.ts');
  const logged: unknown[] = [];
  vi.spyOn(logger, 'error').mockImplementation((...line) => void logged.push(line));
  await loopback.invoke('on-batch', event(task('t-1', '%')));
  await loopback.invoke('on-batch', { action: 'status' }).catch(() => undefined);
  expect(logged).toEqual([
    ['The event is refused.', expect.objectContaining({ code: 'KEY_MALFORMED' })],
    [
      'The event is refused.',
      {
        code: 'EVENT_UNKNOWN',
        detail: 'This is not an invocation by S3 Batch Operations, but a request for the on-demand function.',
        nextStep: expect.stringMatching(/^Create a job of S3 Batch Operations; /),
      },
    ],
  ]);
});

test.each([[{}], [{ key1: 'value1', key2: 'value2', key3: 'value3' }]])(
  'a test event of the console fails and raises no alarm: %j',
  async (tried) => {
    const lines = await metricLines();
    await expect(loopback.invoke('on-batch', tried)).rejects.toThrow('Create a job of S3 Batch Operations');
    expect(lines.filter((line) => 'RefusedEvents' in line)).toEqual([]);
  },
);
