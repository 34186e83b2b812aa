import type { EventFailureCode } from '../../lib/failures/event-failures.ts';
import { at, isObject, type JsonObject } from '../../lib/json.ts';
import { awsSource } from './aws-names.ts';

/** The forms that an event or a message can have, before its object is read. */
export type Shape =
  | { readonly kind: 'records'; readonly records: readonly unknown[] }
  | { readonly kind: 'test-event' }
  /** An SNS message in a queue whose subscription does not use raw message delivery. */
  | { readonly kind: 'sns-notification'; readonly message: unknown }
  /** What Lambda sends to an on-failure destination; its payload is the event that failed. */
  | { readonly kind: 'failure-record'; readonly payload: unknown }
  | { readonly kind: 'eventbridge'; readonly event: EventBridgeEvent }
  | { readonly kind: 'unreadable'; readonly code: EventFailureCode; readonly what: string };

export type EventBridgeEvent = JsonObject & { readonly source: string; readonly 'detail-type': string };

const unreadable = (code: EventFailureCode, what: string): Shape => ({ kind: 'unreadable', code, what });

/** Fields that identify events for our other functions, and a few events of other services. */
const strangers: readonly (readonly [field: string, what: string])[] = [
  ['action', 'a request for the on-demand function'],
  ['task', 'a request for the on-schedule function'],
  ['invocationSchemaVersion', 'an S3 Batch Operations task, which belongs to the on-batch function'],
  ['SubscribeURL', 'an SNS subscription that is not confirmed yet'],
];

const objectShape = (value: JsonObject): Shape => {
  if (Array.isArray(value.Records)) {
    return value.Records.length > 0
      ? { kind: 'records', records: value.Records }
      : unreadable('EVENT_EMPTY', 'a notification without a record');
  }
  if (value.Event === 's3:TestEvent') return { kind: 'test-event' };
  if (value.Type === 'Notification') return { kind: 'sns-notification', message: value.Message };
  if (isObject(value.requestContext) && 'requestPayload' in value) {
    return { kind: 'failure-record', payload: value.requestPayload };
  }
  const { source, 'detail-type': detailType } = value;
  if (typeof source === 'string' && typeof detailType === 'string') {
    return { kind: 'eventbridge', event: { ...value, source, 'detail-type': detailType } };
  }
  const fields = Object.keys(value);
  if (fields.length === 0) return unreadable('EVENT_EMPTY', 'an empty object');
  if (['key1', 'key2', 'key3'].every((field) => fields.includes(field))) {
    return unreadable('EVENT_IS_TEMPLATE', 'the hello-world template of the Lambda console');
  }
  const stranger = strangers.find(([field]) => fields.includes(field));
  return unreadable('EVENT_UNKNOWN', stranger?.[1] ?? 'an object without any field of an upload event');
};

const jsonShape = (value: unknown): Shape => {
  if (value === null || value === undefined) return unreadable('EVENT_EMPTY', 'null');
  if (Array.isArray(value)) {
    return value.length === 0 ? unreadable('EVENT_EMPTY', 'an empty list') : unreadable('EVENT_UNKNOWN', 'a bare list');
  }
  if (isObject(value)) return objectShape(value);
  return typeof value === 'string'
    ? unreadable('EVENT_IS_TEXT', 'plain text')
    : unreadable('EVENT_IS_TEXT', `a ${typeof value}`);
};

/** Recognises an event, or the text of a message that holds one as JSON. Never throws. */
export const shapeOf = (content: unknown): Shape => {
  if (typeof content !== 'string') return jsonShape(content);
  if (content.trim() === '') return unreadable('EVENT_EMPTY', 'empty');
  try {
    return jsonShape(JSON.parse(content));
  } catch {
    // The parser's message quotes the text, which may contain personal data.
    return unreadable('EVENT_IS_TEXT', 'plain text, not JSON');
  }
};

/** The forms of one element of `Records`. */
export type RecordShape =
  | { readonly kind: 's3' }
  | { readonly kind: 'sns'; readonly message: unknown }
  | { readonly kind: 'sqs'; readonly body: unknown; readonly messageId: unknown }
  | { readonly kind: 'unknown'; readonly what: string };

/** `eventSource` is used only when the content is missing, because S3-compatible stores write their own name there. */
export const recordShapeOf = (record: unknown): RecordShape => {
  const source = at(record, 'eventSource') ?? at(record, 'EventSource');
  if (isObject(at(record, 's3')) || source === 'aws:s3') return { kind: 's3' };
  if (isObject(at(record, 'Sns'))) return { kind: 'sns', message: at(record, 'Sns', 'Message') };
  if (typeof at(record, 'body') === 'string' || source === 'aws:sqs') {
    return { kind: 'sqs', body: at(record, 'body'), messageId: at(record, 'messageId') };
  }
  return { kind: 'unknown', what: `from ${awsSource(source)}` };
};
