import type { Actor } from './failure.ts';

/** Why an event, or one record of it, was refused before it became an upload. */
export interface EventFailure {
  readonly status: 'refused';
  /**
   * True when the record may be the only report of a CV: its SQS message, or the whole invocation, fails, so that the
   * failure queue keeps it. When false, the record is only logged: a retry would not help, and no CV is lost.
   */
  readonly redeliver: boolean;
  /** An operator tried the function in the console and reads its response, so no alarm rings. */
  readonly byHand: boolean;
  readonly acts: Actor;
  readonly meaning: string;
  /** What the operator does, in complete sentences. */
  readonly nextStep: string;
}

/** Every reason to refuse a record of an event. Failures of uploads are in the two neighbouring files. */
export const eventFailures = {
  EVENT_EMPTY: {
    status: 'refused',
    redeliver: false,
    byHand: true,
    acts: 'nobody',
    meaning: 'The event is empty, so nothing is lost.',
    nextStep: 'Nothing. To try the function, drop a file into the bucket, or send a request to the on-demand function.',
  },
  EVENT_IS_TEXT: {
    status: 'refused',
    redeliver: false,
    byHand: false,
    acts: 'operator',
    meaning:
      'The event is text or a number. AWS sends JSON objects, so it was sent by hand or by a program of your own.',
    nextStep: 'Find out what publishes text to the topic or queue. To try the function, drop a file into the bucket.',
  },
  EVENT_IS_TEMPLATE: {
    status: 'refused',
    redeliver: false,
    byHand: true,
    acts: 'nobody',
    meaning: 'The event is a test template of the AWS console.',
    nextStep: 'Put your bucket and the key of a real upload into the template, or use the on-demand function.',
  },
  EVENT_UNKNOWN: {
    status: 'refused',
    redeliver: true,
    byHand: false,
    acts: 'operator',
    meaning: 'This version does not recognise the form of the event, which may still report an upload.',
    nextStep:
      'Read the message in the failure queue, find out which trigger sent it, and fix that trigger. Replaying this message does not help: check whether the sweep has found its upload, then delete the message (infra/README.md, Replay).',
  },
  EVENT_INCOMPLETE: {
    status: 'refused',
    redeliver: true,
    byHand: false,
    acts: 'operator',
    meaning: 'The event lacks a field that every upload event has; S3 or GuardDuty may have changed its format.',
    nextStep:
      'Read the message in the failure queue, compare it with the S3 user guide, and fix its sender. Replaying this message does not help: check whether the sweep has found its upload, then delete the message (infra/README.md, Replay).',
  },
  EVENT_NESTED: {
    status: 'refused',
    redeliver: true,
    byHand: false,
    acts: 'operator',
    meaning: 'The event is nested in too many wrappers (SNS, SQS, failure records).',
    nextStep:
      'Check how the event reaches the function; one queue or topic between the bucket and the function is enough. Replaying this message does not help: check whether the sweep has found its upload, then delete the message (infra/README.md, Replay).',
  },
  BUCKET_FOREIGN: {
    status: 'refused',
    redeliver: false,
    byHand: false,
    acts: 'operator',
    meaning: 'The event or manifest names a bucket other than BUCKET, the only watched bucket.',
    nextStep:
      'Point the trigger only at the bucket in BUCKET. If BUCKET is wrong, correct it and deploy: within a day the sweep finds the uploads of the last three days.',
  },
  VERDICT_UNPINNED: {
    status: 'refused',
    redeliver: true,
    byHand: false,
    acts: 'operator',
    meaning: 'The scan result names neither an ETag nor a version, so it is not known which content was scanned.',
    nextStep:
      'Scan the object again (infra/README.md, Scan for malware); a clean verdict that names its content delivers the file. Then delete the message from the failure queue (infra/README.md, Replay).',
  },
  KEY_MALFORMED: {
    status: 'refused',
    redeliver: false,
    byHand: false,
    acts: 'operator',
    meaning: 'The key in the event or manifest is not valid form-encoding. No object can have such a key.',
    nextStep: 'Correct the sender; S3 itself never sends such a key. The sweep finds the object under its own key.',
  },
  SCHEMA_UNKNOWN: {
    status: 'refused',
    redeliver: false,
    byHand: false,
    acts: 'operator',
    meaning: 'The S3 Batch Operations job uses an invocation schema that this version does not know.',
    nextStep: 'Create the job with InvocationSchemaVersion 1.0 or 2.0.',
  },
  TASK_INCOMPLETE: {
    status: 'refused',
    redeliver: false,
    byHand: false,
    acts: 'operator',
    meaning: 'The task of the S3 Batch Operations job lacks its bucket or its key.',
    nextStep: 'Compare the manifest with the S3 user guide and create the job again.',
  },
} as const satisfies Record<string, EventFailure>;

export type EventFailureCode = keyof typeof eventFailures;
