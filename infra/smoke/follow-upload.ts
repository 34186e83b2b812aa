import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { InvokeError } from '../invoke/errors.ts';
import type { Deployment } from './deployment.ts';

/** The parts of the answer to `{"action":"status","key":"…"}` that are read here. */
const statusAnswer = v.object({
  message: v.string(),
  files: v.array(
    v.object({
      status: v.string(),
      code: v.optional(v.string()),
      attempts: v.optional(v.number()),
      firstSeenAt: v.optional(v.string()),
      attachedAt: v.optional(v.string()),
      mayBeDelivered: v.optional(v.boolean(), false),
    }),
  ),
});

/**
 * What became visible about an upload. Times come from the ledger if it has one; otherwise it is the time of the poll.
 */
export type Sight =
  | { readonly kind: 'seen'; readonly atMs: number }
  | { readonly kind: 'between'; readonly atMs: number; readonly sentence: string }
  | { readonly kind: 'attached'; readonly atMs: number; readonly attempts: number; readonly sentence: string }
  /** Held, rejected or superseded: nothing more happens without an operator. */
  | { readonly kind: 'ended'; readonly sentence: string; readonly mayBeDelivered: boolean }
  /** The time limit was reached. */
  | { readonly kind: 'late'; readonly sentence?: string | undefined; readonly silence?: string | undefined };

export interface Timing {
  readonly waitMs: number;
  /** Time between two polls. */
  readonly pollMs: number;
}

/**
 * Polls the state of a key until the upload has ended or the time is over. The last value is `attached`, `ended` or
 * `late`.
 */
export async function* followUpload(
  key: string,
  { waitMs, pollMs }: Timing,
  { ask }: Pick<Deployment, 'ask'>,
): AsyncGenerator<Sight, void, void> {
  const untilMs = Date.now() + waitMs;
  let state = '';
  let sentence: string | undefined;
  let silence: string | undefined;
  while (Date.now() < untilMs) {
    try {
      const { message, files } = v.parse(statusAnswer, await ask({ action: 'status', key }));
      silence = undefined;
      const [file] = files;
      if (file) {
        sentence = message;
        if (state === '') yield { kind: 'seen', atMs: timeOf(file.firstSeenAt) };
        const { status, code = '', attempts = 1 } = file;
        if (status === 'attached') {
          yield { kind: 'attached', atMs: timeOf(file.attachedAt), attempts, sentence };
          return;
        }
        if (!onItsWay.has(status)) {
          yield { kind: 'ended', sentence, mayBeDelivered: file.mayBeDelivered };
          return;
        }
        if (`${status} ${code}` !== state && status !== 'sending') {
          yield { kind: 'between', atMs: Date.now(), sentence };
        }
        state = `${status} ${code}`;
      }
    } catch (error) {
      // Another operator may be asking, or the network may be down for a moment. The request is read-only, so it is
      // repeated.
      if (!(error instanceof InvokeError)) throw error;
      silence = error.message;
    }
    await sleep(Math.min(pollMs, Math.max(untilMs - Date.now(), 0)));
  }
  yield { kind: 'late', sentence, silence };
}

/** States that continue without an operator. */
const onItsWay: ReadonlySet<string> = new Set(['sending', 'waiting', 'unknown']);

const timeOf = (iso: string | undefined): number => (iso === undefined ? Date.now() : Date.parse(iso));
