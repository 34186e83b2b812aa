import { nonEmptyText } from '../../lib/json.ts';
import { maxWrappings } from '../limits.ts';
import { type Entry, type Envelope, ignore, type ParsedEvent, type UploadEventOptions } from './entry.ts';
import { recordShapeOf, type Shape, shapeOf } from './envelope.ts';
import { requestOfEventBridge } from './eventbridge.ts';
import { refuseEvent } from './refusals.ts';
import { requestOfNotification } from './s3-notification.ts';

const expected =
  'Expected: an S3 notification (direct or through SQS or SNS), an EventBridge "Object Created" event, or a GuardDuty scan result';

interface Context {
  readonly options: UploadEventOptions;
  readonly wrappings: number;
  /** What contains the content, for messages such as "The SQS message is plain text". */
  readonly holder: string;
}

const unwrap = (content: unknown, holder: string, { options, wrappings }: Context): readonly Entry[] => {
  if (wrappings === maxWrappings) {
    return [{ request: refuseEvent('EVENT_NESTED', `The event is wrapped more than ${maxWrappings} times.`) }];
  }
  const entries = entriesOf(shapeOf(content), { options, wrappings: wrappings + 1, holder });
  // Drops the message id: a message can be failed only if Lambda itself took it from a queue, not if it is nested.
  return entries.map(({ request }) => ({ request }));
};

const entriesOfRecord = (record: unknown, context: Context): readonly Entry[] => {
  const shape = recordShapeOf(record);
  switch (shape.kind) {
    case 's3':
      return [{ request: requestOfNotification(record, context.options) }];
    case 'sns':
      return unwrap(shape.message, 'SNS message', context);
    case 'sqs': {
      const messageId = nonEmptyText(shape.messageId);
      const entries = unwrap(shape.body, 'SQS message', context);
      return messageId === undefined ? entries : entries.map((entry) => ({ ...entry, messageId }));
    }
    case 'unknown':
      return [{ request: refuseEvent('EVENT_UNKNOWN', `A record is ${shape.what}. ${expected}.`) }];
  }
};

const entriesOf = (shape: Shape, context: Context): readonly Entry[] => {
  switch (shape.kind) {
    case 'records':
      return shape.records.flatMap((record) => entriesOfRecord(record, context));
    case 'test-event':
      return [{ request: ignore('s3:TestEvent: S3 reports that notifications are set up.') }];
    case 'sns-notification':
      return unwrap(shape.message, 'SNS message', context);
    case 'failure-record':
      return unwrap(shape.payload, 'payload of the failure record', context);
    case 'eventbridge':
      return [{ request: requestOfEventBridge(shape.event, context.options) }];
    case 'unreadable':
      return [{ request: refuseEvent(shape.code, `The ${context.holder} is ${shape.what}. ${expected}.`) }];
  }
};

const envelopeOf = (shape: Shape): Envelope => {
  switch (shape.kind) {
    case 'records': {
      // One broken record must not hide that the batch came from a queue.
      const kinds = shape.records.map((record) => recordShapeOf(record).kind);
      return kinds.find((kind) => kind !== 'unknown') ?? 'unrecognised';
    }
    case 'test-event':
      return 's3';
    case 'sns-notification':
      return 'sns';
    case 'failure-record':
    case 'eventbridge':
      return shape.kind;
    case 'unreadable':
      return 'unrecognised';
  }
};

/**
 * Reads any event that can report an upload. Each record is read separately, so a bad record does not affect the
 * others. Unknown fields are ignored. Never throws: a record that cannot be handled is returned as `refused`, with what
 * arrived, what was expected and what to do. Keys are never quoted.
 */
export const parseUploadEvent = (event: unknown, options: UploadEventOptions): ParsedEvent => {
  const shape = shapeOf(event);
  return { envelope: envelopeOf(shape), entries: entriesOf(shape, { options, wrappings: 0, holder: 'event' }) };
};
