import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseUploadEvent } from '../../../handlers/events/upload-event.ts';
import { notification, parse, refusalOf, scanned, unscanned } from './parse.ts';
import { sample } from './sample.ts';

const expected =
  'Expected: an S3 notification (direct or through SQS or SNS), an EventBridge "Object Created" event, or a GuardDuty scan result.';

describe('input that is not an event', () => {
  test.each([
    ['null', null, 'EVENT_EMPTY', 'The event is null.', false],
    ['nothing', undefined, 'EVENT_EMPTY', 'The event is null.', false],
    ['{}', {}, 'EVENT_EMPTY', 'The event is an empty object.', false],
    ['[]', [], 'EVENT_EMPTY', 'The event is an empty list.', false],
    ['an empty text', ' ', 'EVENT_EMPTY', 'The event is empty.', false],
    ['no records', { Records: [] }, 'EVENT_EMPTY', 'The event is a notification without a record.', false],
    ['a number', 42, 'EVENT_IS_TEXT', 'The event is a number.', false],
    ['true', true, 'EVENT_IS_TEXT', 'The event is a boolean.', false],
    ['a text', 'Frank Doe CV.pdf', 'EVENT_IS_TEXT', 'The event is plain text, not JSON.', false],
    ['a text in JSON', '"Frank Doe"', 'EVENT_IS_TEXT', 'The event is plain text.', false],
    ['a list', [1, 2], 'EVENT_UNKNOWN', 'The event is a bare list.', true],
    [
      'an unknown object',
      { Frank: 1 },
      'EVENT_UNKNOWN',
      'The event is an object without any field of an upload event.',
      true,
    ],
    [
      'records that are not a list',
      { Records: 'x' },
      'EVENT_UNKNOWN',
      'The event is an object without any field of an upload event.',
      true,
    ],
  ])('%s as an event is refused with what it is', (_name, event, code, what, redeliver) => {
    const refusal = refusalOf(event);
    expect(refusal).toMatchObject({ code, detail: `${what} ${expected}`, redeliver });
    expect(refusal.nextStep).not.toBe('');
    expect(parse(event).envelope).toBe('unrecognised');
  });

  test.each([
    [{ action: 'check' }, 'a request for the on-demand function'],
    [{ task: 'sweep' }, 'a request for the on-schedule function'],
    [
      { invocationSchemaVersion: '2.0', tasks: [] },
      'an S3 Batch Operations task, which belongs to the on-batch function',
    ],
    [{ Type: 'SubscriptionConfirmation', SubscribeURL: 'https://x' }, 'an SNS subscription that is not confirmed yet'],
  ])('%j is not an upload event and is refused with what it is', (event, what) => {
    expect(refusalOf(event)).toMatchObject({ code: 'EVENT_UNKNOWN', detail: `The event is ${what}. ${expected}` });
  });

  test.each([
    { 'detail-type': 'Object Created', source: 7 },
    { 'detail-type': 7, source: 'aws.s3' },
    { key1: 'value1' },
  ])('%j has no field of an upload event, and is kept', (event) => {
    const detail = `The event is an object without any field of an upload event. ${expected}`;
    expect(refusalOf(event)).toMatchObject({ code: 'EVENT_UNKNOWN', detail, redeliver: true });
  });

  test('a web request is not a failure record, although both have a requestContext', () => {
    expect(refusalOf({ requestContext: { http: { method: 'POST' } }, body: 'x' }).code).toBe('EVENT_UNKNOWN');
  });

  test('an SNS record without its message part is refused with its source', () => {
    expect(refusalOf({ Records: [{ EventSource: 'aws:sns' }] }).detail).toBe(`A record is from aws:sns. ${expected}`);
  });

  test.each(['aws:x Frank', 'Frank aws:x', ['aws:x']])(
    'a record of %j is refused without repeating it',
    (eventSource) => {
      expect(refusalOf({ Records: [{ eventSource }] }).detail).toBe(
        `A record is from a source outside AWS. ${expected}`,
      );
    },
  );

  test('records of another service are refused with their source and kept', () => {
    expect(parse({ Records: [{ eventSource: 'aws:kinesis' }] }).envelope).toBe('unrecognised');
    expect(refusalOf({ Records: [{ eventSource: 'aws:kinesis', kinesis: { data: 'eA==' } }] })).toMatchObject({
      code: 'EVENT_UNKNOWN',
      detail: `A record is from aws:kinesis. ${expected}`,
      redeliver: true,
    });
  });
});

describe('templates of the console', () => {
  test("the console's hello-world template is refused with an explanation", () => {
    expect(refusalOf(sample('console-hello-world'))).toEqual({
      kind: 'refused',
      code: 'EVENT_IS_TEMPLATE',
      detail: `The event is the hello-world template of the Lambda console. ${expected}`,
      nextStep: 'Put your bucket and the key of a real upload into the template, or use the on-demand function.',
      redeliver: false,
    });
  });

  test("the console's S3 Put template is refused with an explanation that names both buckets", () => {
    expect(refusalOf(sample('console-s3-put'))).toEqual({
      kind: 'refused',
      code: 'EVENT_IS_TEMPLATE',
      detail:
        'This is the S3 test template of the console. The event names the bucket "example-bucket", but BUCKET is "acme-cv-inbox".',
      nextStep: 'Put your bucket and the key of a real upload into the template, or use the on-demand function.',
      redeliver: false,
    });
  });

  test("the newer bucket name of the console's S3 Put template is recognised, too", () => {
    const event = notification({}, { s3: { bucket: { name: 'amzn-s3-demo-bucket1' }, object: { key: 'test%2Fkey' } } });
    expect(refusalOf(event).code).toBe('EVENT_IS_TEMPLATE');
  });

  test("the console's S3 Put template with the real bucket is an upload", () => {
    const event = parseUploadEvent(sample('console-s3-put'), { bucket: 'example-bucket', requireScan: false });
    expect(event.entries).toEqual([
      {
        request: {
          kind: 'upload',
          upload: {
            bucket: 'example-bucket',
            key: 'test/key',
            etag: '0123456789abcdef0123456789abcdef',
            sizeBytes: 1024,
            sequencer: '0A1B2C3D4E5F678901',
            modifiedAt: 0,
          },
        },
      },
    ]);
  });
});

describe('any event', () => {
  const field = fc.constantFrom(
    'Records',
    'Sns',
    'Message',
    'Type',
    'body',
    'messageId',
    's3',
    'bucket',
    'object',
    'name',
    'key',
    'eTag',
    'eventName',
    'eventSource',
    'source',
    'detail-type',
    'detail',
    's3ObjectDetails',
    'requestContext',
    'requestPayload',
    'Event',
  );
  const word = fc.oneof(
    fc.constantFrom(
      'Notification',
      'aws:s3',
      'aws:sqs',
      'aws.s3',
      'aws.guardduty',
      'Object Created',
      'ObjectCreated:Put',
      'acme-cv-inbox',
      '{"Records":[{}]}',
      '%',
      's3:TestEvent',
    ),
    fc.string(),
    fc.integer(),
    fc.constant(null),
  );
  const { event } = fc.letrec((tie) => ({
    event: fc.oneof(
      { maxDepth: 6 },
      word,
      fc.array(tie('event'), { maxLength: 3 }),
      fc.dictionary(field, tie('event'), { maxKeys: 5 }),
      tie('event').map((inner) => JSON.stringify(inner)),
    ),
  }));

  test('any event is parsed without an exception, and every record has a result', () => {
    fc.assert(
      fc.property(event, fc.constantFrom(scanned, unscanned), (content, options) => {
        const { entries } = parseUploadEvent(content, options);
        expect(entries.length).toBeGreaterThan(0);
        for (const { request } of entries) {
          if (request.kind === 'upload' || request.kind === 'scanned')
            expect(request.upload.bucket).toBe('acme-cv-inbox');
          if (options.requireScan) expect(request.kind).not.toBe('upload');
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('a key is never quoted, whatever is broken in the event', () => {
    const key = 'candidates/Ada1/Frank Doe Secret%.pdf';
    const broken: unknown[] = [
      key,
      [key],
      { [key]: key },
      { Records: [key, { body: key }, { body: `{"${key}` }, { Sns: { Message: key } }] },
      notification({ key }),
      notification({ key, eTag: 'e1' }, { eventName: key }),
      notification({}, { s3: { bucket: { name: key }, object: { key, eTag: 'e1' } } }),
      { Records: [{ eventSource: key }] },
      { source: key, 'detail-type': key, detail: key },
      { source: 'aws.s3', 'detail-type': 'Object Created', detail: { object: { key } } },
      { source: 'aws.guardduty', 'detail-type': key, detail: {} },
      { requestContext: {}, requestPayload: key },
    ];
    const said = broken.flatMap((content) => parse(content).entries.map(({ request }) => JSON.stringify(request)));
    expect(said.length).toBe(15);
    expect(said.filter((line) => line.includes('Frank') || line.includes('Secret'))).toEqual([]);
  });
});
