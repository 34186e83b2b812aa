import { canaryLateAfterMs } from '../limits.ts';
import type { Canary } from '../runs/canary/canary.ts';

/** The state of the newest canary, in words for an operator. */
export interface LastCanary {
  readonly sentence: string;
  /** What to do when it does not arrive. */
  readonly todo?: string;
}

export const lastCanaryOf = ({ state, known, attached }: Canary, now: number): LastCanary => {
  if (!state) return { sentence: 'The canary is on; the next scheduled run uploads its file.' };
  const at = new Date(state.startedAt).toISOString();
  if (attached) return { sentence: `The last canary was uploaded at ${at} and is attached.` };
  const isLate = now - state.owedSince > canaryLateAfterMs;
  if (state.etag === undefined) {
    return {
      sentence: `The canary of ${at} is not in the bucket.`,
      ...(isLate && {
        todo: 'Search the log of on-schedule for "canary": it says why the file could not be uploaded.',
      }),
    };
  }
  const sentence = `The last canary was uploaded at ${at} and is not attached: ${knownAs(known)}`;
  return { sentence, ...(isLate && { todo: known === undefined ? noRecord : withRecord }) };
};

const knownAs = (known: Canary['known']): string => {
  if (known === undefined) return 'the ledger has no record of it.';
  return known.readable ? `its status is ${known.record.state.status}.` : 'its record cannot be read.';
};

const noRecord =
  'No function has seen it. Check that the bucket sends its events (with a scan: that verdicts arrive), and read the log of on-upload.';
const withRecord = 'Ask for the status of its key: the answer names the cause and what to do.';
