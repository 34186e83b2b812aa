import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { bareEtag, uploadId } from '../../../lib/upload/upload.ts';
import type { Dispatch } from '../aws/events/bucket-trigger.ts';
import type { Stack } from '../stack.ts';
import { failedStep, lastStep } from './last-step.ts';
import { trackSteps } from './new-steps.ts';
import type { Step } from './step.ts';

export interface UploadToFollow {
  readonly key: string;
  readonly bytes: Buffer;
}

/** The interval at which the ledger is read; a delivery takes tens of milliseconds. */
const pollMs = 20;

/**
 * Uploads a file and follows its delivery. The last step is `attached`, `already-attached` or `failed`: the first two
 * only when Kombo holds exactly these bytes.
 * @param maxWaitMs without a result after this time, the delivery counts as failed
 */
export async function* followUpload(
  stack: Stack,
  { key, bytes }: UploadToFollow,
  maxWaitMs: number,
): AsyncGenerator<Step, void, void> {
  const startedAtMs = Date.now();
  const watch = watchDispatches(stack);
  try {
    const { ETag = '' } = await stack.s3.send(new PutObjectCommand({ Bucket: stack.bucket, Key: key, Body: bytes }));
    const id = uploadId({ bucket: stack.bucket, key, etag: bareEtag(ETag) });
    yield { step: 'uploaded', atMs: startedAtMs, bucket: stack.bucket, key, sizeBytes: bytes.length };

    const dispatch = watch.of(key);
    if (!dispatch) {
      yield failedStep(
        'unwatched',
        'The key is outside KEY_TEMPLATES, so it causes no event.',
        'Upload it under a key that matches.',
      );
      return;
    }
    const { object, requestId } = dispatch;
    yield { step: 'event', atMs: Date.parse(object.eventTime), eventName: object.eventName, requestId };

    const function_ = watchFunction(dispatch);
    const newSteps = trackSteps(stack, startedAtMs);
    while (Date.now() < startedAtMs + maxWaitMs) {
      const ended = function_.ended();
      const known = await stack.ledger.read(id);
      if (known?.readable === false) {
        yield failedStep('unreadable', known.reason, 'Start with --fresh.');
        return;
      }
      if (known) {
        yield* newSteps(known.record);
        // Only after the function has ended: its log lines come before the last step.
        const last = ended && (await lastStep(stack, known.record, bytes, startedAtMs));
        if (last) {
          yield last;
          return;
        }
      }
      if (ended && (ended.error !== undefined || !known)) {
        const reason = ended.error ?? 'The function did nothing with the event.';
        yield failedStep('unfinished', reason, 'Read the log of on-upload in the state folder.');
        return;
      }
      await sleep(pollMs);
    }
    yield failedStep(
      'waiting',
      `It was not attached within ${maxWaitMs / 1000} s.`,
      'Leave the stack running, or read its logs.',
    );
  } finally {
    watch.end();
  }
}

const watchDispatches = ({ events }: Stack) => {
  const byKey = new Map<string, Dispatch>();
  const note = (dispatch: Dispatch) => byKey.set(dispatch.object.key, dispatch);
  events.on('dispatched', note);
  return { of: (key: string) => byKey.get(key), end: () => events.off('dispatched', note) };
};

/** Whether the function has finished with the event, and its last error when it gave up. */
const watchFunction = ({ result }: Dispatch) => {
  let ended: { readonly error?: string } | undefined;
  void result.then((ending) => {
    ended = ending.ok ? {} : { error: ending.error.errorMessage };
  });
  return { ended: () => ended };
};
