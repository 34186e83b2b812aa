import { type EventFailureCode, eventFailures } from '../../lib/failures/event-failures.ts';
import { at, nonEmptyText } from '../../lib/json.ts';
import { decodeEventKey } from '../../lib/upload/object-key.ts';
import { recordShapeOf, shapeOf } from '../events/envelope.ts';
import { actions } from './actions.ts';
import type { Answer } from './answer/answer.ts';

const examples = [
  { action: 'status', candidate_id: 'GRKwT7dMvcuqBnsZ5xHe4pYa' },
  { action: 'attach', key: 'candidates/GRKwT7dMvcuqBnsZ5xHe4pYa/Frank Doe CV.pdf' },
  { action: 'check' },
] as const;

/** Answers input that is not a request: says what was received, and shows example requests. */
export const usage = (message: string, more: Readonly<Record<string, unknown>> = {}): Answer => ({
  ok: false,
  message: `${message} Nothing was done.`,
  ...more,
  examples,
  actions: Object.fromEntries(actions.map(({ name, does }) => [name, does])),
});

/** Recognises common mistakes, such as sending the console's test templates. */
export const usageFor = (event: unknown): Answer => {
  const shape = shapeOf(event);
  switch (shape.kind) {
    case 'records':
      return recordsUsage(shape.records);
    case 'eventbridge':
    case 'sns-notification':
    case 'failure-record':
    case 'test-event':
      return usage(
        'This is an AWS event. The function on-upload handles such events; here you can replay it, as "next" shows.',
        {
          next: { action: 'replay', event: '(the event)' },
        },
      );
    case 'unreadable':
      break;
  }
  if (shape.code === 'EVENT_IS_TEMPLATE') {
    return usage("This is the console's hello-world template. Replace it with one of the examples.");
  }
  if (shape.code === 'EVENT_EMPTY') return usage('The field "action" is missing; it says what to do.');
  return usage(`The input is ${shape.what}. Expected: a JSON object with a field "action".`);
};

const recordsUsage = (records: readonly unknown[]): Answer => {
  const [first] = records;
  if (recordShapeOf(first).kind !== 's3') {
    return usage(
      'This is an AWS event. The function on-upload handles such events; here you can replay it, as "next" shows.',
      {
        next: { action: 'replay', event: '(the event)' },
      },
    );
  }
  const bucket = nonEmptyText(at(first, 's3', 'bucket', 'name')) ?? '';
  const encoded = nonEmptyText(at(first, 's3', 'object', 'key'));
  const isTemplate = bucket === 'example-bucket' || bucket.startsWith('amzn-s3-demo-bucket');
  if (isTemplate) {
    return usage(
      "This is the console's S3 Put template. The function on-upload handles such events; here, name an object as the examples do.",
    );
  }
  if (encoded === undefined) return refusedUsage('EVENT_INCOMPLETE', 'The event names no key.');
  const key = decodeEventKey(encoded);
  if (!key.ok) return refusedUsage('KEY_MALFORMED', key.error);
  return usage('This is an S3 notification. The function on-upload handles such events; "next" sends that object.', {
    next: { action: 'attach', key: `s3://${bucket}/${key.value}` },
  });
};

const refusedUsage = (code: EventFailureCode, detail: string): Answer =>
  usage(`This is an S3 notification that every function refuses. ${code}: ${detail} ${eventFailures[code].nextStep}`);
