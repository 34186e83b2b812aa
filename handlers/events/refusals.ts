import { failures } from '../../lib/failures/failures.ts';
import type { Refused } from './entry.ts';

interface EventRefusal {
  readonly nextStep: string;
  readonly keep: boolean;
}

/**
 * Every way a record of an event can be refused before it is an upload, what a person does about it, and whether the
 * failure queue must keep it. Failures of uploads are in `lib/failures/`.
 */
const eventRefusals = {
  /** Nothing in it, so nothing to lose. */
  EVENT_EMPTY: {
    nextStep: 'Nothing. To try the function, drop a file into the bucket, or send a request to the on-demand function.',
    keep: false,
  },
  /** AWS sends JSON objects; text and numbers are a person's trial. */
  EVENT_IS_TEXT: {
    nextStep: 'Look who publishes text to the topic or queue. To try the function, drop a file into the bucket.',
    keep: false,
  },
  EVENT_IS_TEMPLATE: {
    nextStep: 'Put your bucket and the key of a real upload into the template, or use the on-demand function.',
    keep: false,
  },
  /** Perhaps an upload in a wrapping that nobody foresaw, for example by an EventBridge input transformer. */
  EVENT_UNKNOWN: {
    nextStep:
      'Look what is wired to the function and send it one of the expected events, then replay the failure queue.',
    keep: true,
  },
  /** A future S3 or GuardDuty format would end here, and every upload with it. */
  EVENT_INCOMPLETE: {
    nextStep:
      'Compare the event in the failure queue with the S3 user guide, mend its sender or its reader, then replay.',
    keep: true,
  },
  EVENT_NESTED: {
    nextStep: 'Look how the event travels; one queue or topic between bucket and function is enough. Then replay.',
    keep: true,
  },
  /** Nobody's lost CV: BUCKET is the only bucket under watch, and its own objects have their own events. */
  BUCKET_FOREIGN: {
    nextStep: 'Point the trigger at the bucket in BUCKET alone; when BUCKET is wrong, correct it and deploy.',
    keep: false,
  },
  VERDICT_UNPINNED: {
    nextStep: 'Scan the object again; a clean verdict that names its content delivers it by itself.',
    keep: true,
  },
  /** No object can have this key, so only a wrong sender is at fault; the sweep finds the object under its own key. */
  KEY_MALFORMED: { nextStep: failures.KEY_MALFORMED.nextStep, keep: false },
} as const satisfies Record<string, EventRefusal>;

export type EventRefusalCode = keyof typeof eventRefusals;

export const refused = (code: EventRefusalCode, detail: string): Refused => ({
  kind: 'refused',
  code,
  detail,
  ...eventRefusals[code],
});
