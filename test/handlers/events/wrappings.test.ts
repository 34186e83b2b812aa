import { describe, expect, test } from 'vitest';
import { franksUpload, notification, onlyRequest, parse, refusalOf, sampleDate } from './parse.ts';
import { sample } from './sample.ts';

const franks = { kind: 'upload', upload: franksUpload };
const message = (digit: number) => `059f36b4-87a3-44ab-83d2-66197598000${digit}`;

describe('SNS', () => {
  test('an S3 notification inside an SNS event is an upload', () => {
    expect(parse(sample('sns-s3'))).toEqual({ envelope: 'sns', entries: [{ request: franks }] });
  });

  test('a notification alone, as SNS writes it into a queue, is read', () => {
    const event = { Type: 'Notification', Message: JSON.stringify(sample('s3-put')) };
    expect(parse(event)).toEqual({ envelope: 'sns', entries: [{ request: franks }] });
  });

  test('text in an SNS event is refused and dropped', () => {
    const event = { Records: [{ EventSource: 'aws:sns', Sns: { Type: 'Notification', Message: 'Hello Frank Doe' } }] };
    expect(refusalOf(event)).toEqual({
      kind: 'refused',
      code: 'EVENT_IS_TEXT',
      detail:
        'The SNS message is plain text, not JSON. Expected: an S3 notification (direct or through SQS or SNS), an EventBridge "Object Created" event, or a GuardDuty scan result.',
      nextStep: 'Find out what publishes text to the topic or queue. To try the function, drop a file into the bucket.',
      redeliver: false,
    });
  });
});

test('text in a notification that SNS wrote into a queue is refused as text of SNS', () => {
  expect(refusalOf({ Type: 'Notification', Message: 'Hello' }).detail).toMatch(/^The SNS message is plain text/);
});

describe('SQS', () => {
  test('every form of body in an SQS message is read, and each item names its message', () => {
    const fromEventBridge = {
      bucket: 'acme-cv-inbox',
      key: 'candidates/8Xi6iZrwusZqJmDGXs49GBmJ/C++ 100% résumé.pdf',
      etag: '9b2cf535f27731c974343645a3985328',
      sizeBytes: 48213,
      versionId: 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e',
      ...sampleDate,
    };
    const { envelope, entries } = parse(sample('sqs-every-form'));
    expect(envelope).toBe('sqs');
    expect(entries).toEqual([
      { messageId: message(1), request: franks },
      { messageId: message(2), request: franks },
      { messageId: message(3), request: { kind: 'upload', upload: fromEventBridge } },
      {
        messageId: message(4),
        request: { kind: 'ignored', reason: 's3:TestEvent: S3 reports that notifications are set up.' },
      },
      { messageId: message(5), request: franks },
      {
        messageId: message(6),
        request: expect.objectContaining({ kind: 'refused', code: 'EVENT_IS_TEXT', redeliver: false }),
      },
      { messageId: message(7), request: franks },
      {
        messageId: message(7),
        request: {
          kind: 'upload',
          upload: {
            bucket: 'acme-cv-inbox',
            key: 'candidates/Ada1/Ada Poe.docx',
            etag: '0cc175b9c0f1b6a831c399e269772661',
            sizeBytes: 1200,
            ...sampleDate,
            versionId: 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e',
          },
        },
      },
      { messageId: message(8), request: { kind: 'upload', upload: fromEventBridge } },
    ]);
  });

  test('an SQS batch is recognised although its first record is broken', () => {
    const event = {
      Records: [null, { messageId: 'm2', body: JSON.stringify(sample('s3-put')), eventSource: 'aws:sqs' }],
    };
    expect(parse(event)).toEqual({
      envelope: 'sqs',
      entries: [{ request: expect.objectContaining({ code: 'EVENT_UNKNOWN' }) }, { messageId: 'm2', request: franks }],
    });
  });

  test('an SQS message is recognised by its body when its source is missing', () => {
    expect(parse({ Records: [{ messageId: 'm1', body: JSON.stringify(sample('s3-put')) }] })).toEqual({
      envelope: 'sqs',
      entries: [{ messageId: 'm1', request: franks }],
    });
  });

  test('an SQS message without an id is read, and its item has none', () => {
    const event = { Records: [{ eventSource: 'aws:sqs', body: JSON.stringify(sample('s3-put')) }] };
    expect(parse(event).entries).toStrictEqual([{ request: franks }]);
  });

  test('an SQS message without a body is refused under its own id', () => {
    const event = { Records: [{ messageId: 'm1', eventSource: 'aws:sqs' }] };
    expect(parse(event)).toEqual({
      envelope: 'sqs',
      entries: [{ messageId: 'm1', request: expect.objectContaining({ code: 'EVENT_EMPTY', redeliver: false }) }],
    });
  });

  test('an SQS message whose JSON is not an upload event is refused and kept', () => {
    const event = {
      Records: [{ messageId: 'm1', eventSource: 'aws:sqs', body: '{"bucket":"x","file":"Frank Doe.pdf"}' }],
    };
    expect(parse(event).entries).toEqual([
      {
        messageId: 'm1',
        request: {
          kind: 'refused',
          code: 'EVENT_UNKNOWN',
          detail:
            'The SQS message is an object without any field of an upload event. Expected: an S3 notification (direct or through SQS or SNS), an EventBridge "Object Created" event, or a GuardDuty scan result.',
          nextStep:
            'Read the message in the failure queue, find out which trigger sent it, and fix that trigger. Replaying this message does not help: check whether the sweep has found its upload, then delete the message (infra/README.md, Replay).',
          redeliver: true,
        },
      },
    ]);
  });

  test('the id of an item is never that of a message inside a message', () => {
    const inner = { Records: [{ messageId: 'inner', eventSource: 'aws:sqs', body: JSON.stringify(sample('s3-put')) }] };
    const outer = { Records: [{ messageId: 'outer', eventSource: 'aws:sqs', body: JSON.stringify(inner) }] };
    expect(parse(outer).entries).toEqual([{ messageId: 'outer', request: franks }]);
    expect(parse({ Type: 'Notification', Message: JSON.stringify(inner) }).entries).toEqual([{ request: franks }]);
  });
});

describe('the failure queue', () => {
  test('a failure record is replayed as the event that failed', () => {
    expect(parse(sample('failure-record'))).toEqual({ envelope: 'failure-record', entries: [{ request: franks }] });
  });

  test('a failure record in a queue, around an SNS event, is read, too', () => {
    expect(parse(sample('sqs-failed-sns-event'))).toEqual({
      envelope: 'sqs',
      entries: [{ messageId: message(1), request: franks }],
    });
  });

  test('a failure record around something else is refused with what it contains', () => {
    const refusal = refusalOf({ requestContext: {}, requestPayload: { key1: 'a', key2: 'b', key3: 'c' } });
    expect(refusal.detail).toContain('The payload of the failure record is the hello-world template');
  });
});

describe('layers of wrapping', () => {
  const wrapped = (times: number): unknown =>
    Array.from({ length: times }).reduce<unknown>(
      (inner) => ({ requestContext: {}, requestPayload: inner }),
      sample('s3-put'),
    );

  test('an event in four layers of wrapping is read', () => expect(onlyRequest(wrapped(4))).toEqual(franks));

  test('an event in five layers of wrapping is refused and kept', () => {
    const detail = 'The event is wrapped more than 4 times.';
    expect(refusalOf(wrapped(5))).toMatchObject({ code: 'EVENT_NESTED', detail, redeliver: true });
  });

  test('an event in a thousand layers of wrapping is refused as quickly', () => {
    expect(refusalOf(wrapped(1000)).code).toBe('EVENT_NESTED');
  });

  test('an event given as JSON text is read', () => {
    expect(parse(JSON.stringify(notification({ key: 'a/b.pdf', eTag: 'e1' })))).toEqual({
      envelope: 's3',
      entries: [{ request: { kind: 'upload', upload: { bucket: 'acme-cv-inbox', key: 'a/b.pdf', etag: 'e1' } } }],
    });
  });
});
