import { afterAll, describe, expect, test } from 'vitest';
import { metricLines } from '../fakes/metric-lines.ts';
import { startLoopback } from '../worlds/loopback.ts';
import { eventOf } from '../worlds/s3-event.ts';

const loopback = await startLoopback();
afterAll(loopback.stop);

const queued = (...bodies: readonly unknown[]) => ({
  Records: bodies.map((body, index) => ({
    messageId: `m-${index + 1}`,
    eventSource: 'aws:sqs',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })),
});
const attachments = (id: string) => loopback.kombo.attachments({ target: { kind: 'candidate', id } });

test('an upload is attached under the name that its uploader gave it', async () => {
  await loopback.put('candidates/GRK1/C++ & Léa Roe.pdf');
  const answer = await loopback.invoke('on-upload', eventOf({ key: 'candidates/GRK1/C++ & Léa Roe.pdf' }));
  expect(answer).toMatchObject({
    outcomes: [{ status: 'attached', key: 'candidates/•••/•••.pdf', target: 'candidate/GRK1' }],
  });
  expect(JSON.stringify(answer)).not.toContain('Roe');
  expect(attachments('GRK1')).toMatchObject([{ name: 'C++ & Léa Roe.pdf' }]);
});

describe('SQS', () => {
  test('on-upload returns to SQS which messages to send again, and only those', async () => {
    await loopback.put('candidates/GRK3/CV.pdf');
    const event = queued(eventOf({ key: 'candidates/GRK3/CV.pdf' }), { Frank: 1 }, 'plain text');
    expect(await loopback.invoke('on-upload', event)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-2' }] });
    expect(attachments('GRK3')).toHaveLength(1);
  });

  test('an SQS message without an id that cannot be handled fails the batch, because nothing else could keep it', async () => {
    const event = { Records: [{ eventSource: 'aws:sqs', body: '{"Frank":1}' }] };
    await expect(loopback.invoke('on-upload', event)).rejects.toThrow('EVENT_UNKNOWN');
  });
});

test('an event that is not understood is thrown, so that the failure queue keeps it', async () => {
  await expect(loopback.invoke('on-upload', { Frank: 1 })).rejects.toThrow('EVENT_UNKNOWN');
});

test.each([
  ['another bucket', eventOf({ key: 'candidates/GRK4/CV.pdf' }, { bucket: 'other' }), 'BUCKET_FOREIGN'],
  ['nothing', {}, 'EVENT_EMPTY'],
])('an event of %s is refused, and no repeat is requested', async (_name, event, code) => {
  expect(await loopback.invoke('on-upload', event)).toMatchObject({
    outcomes: [{ status: 'refused', code, detail: expect.any(String), nextStep: expect.any(String) }],
  });
});

test.each([
  ['an object that is gone', eventOf({ key: 'candidates/GRK4/None.pdf' }), 'S3 answered'],
  ['the test event of S3', { Event: 's3:TestEvent' }, 's3:TestEvent'],
])('an event of %s is ignored with a reason', async (_name, event, reason) => {
  expect(await loopback.invoke('on-upload', event)).toMatchObject({
    outcomes: [{ status: 'ignored', reason: expect.stringContaining(reason) }],
  });
});

describe('a refused event is counted with its code, because nothing else reports it', () => {
  const refusals = async (event: unknown) => {
    const lines = await metricLines();
    await loopback.invoke('on-upload', event).catch(() => undefined);
    return lines.filter((line) => 'RefusedEvents' in line).map(({ code, integration }) => ({ code, integration }));
  };

  test.each([
    ['another bucket', eventOf({ key: 'candidates/GRK4/CV.pdf' }, { bucket: 'other' }), 'BUCKET_FOREIGN'],
    [
      'a malformed key',
      JSON.parse(JSON.stringify(eventOf({ key: 'BROKEN' })).replace('BROKEN', '%E0')),
      'KEY_MALFORMED',
    ],
    ['an unknown event', { Frank: 1 }, 'EVENT_UNKNOWN'],
    ['text', 'Frank', 'EVENT_IS_TEXT'],
  ])('a refused event is counted with its code: %s', async (_name, event, code) => {
    expect(await refusals(event)).toEqual([{ code, integration: 'none' }]);
  });

  test('each refused event of a batch is counted', async () => {
    expect(
      await refusals(queued({ Frank: 1 }, eventOf({ key: 'candidates/GRK4/CV.pdf' }, { bucket: 'other' }))),
    ).toHaveLength(2);
  });

  test('a refused event of an operator who tests the function in the console is not counted', async () => {
    expect(await refusals({})).toEqual([]);
    expect(await refusals(eventOf({ key: 'candidates/GRK4/CV.pdf' }, { bucket: 'example-bucket' }))).toEqual([]);
  });
});
