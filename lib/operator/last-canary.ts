import { canaryLateAfterMs } from '../limits.ts';
import type { Canary } from '../runs/canary/canary.ts';

/** The newest canary in words, for an operator. */
export interface LastCanary {
  readonly sentence: string;
  /** What to do about one that does not arrive. */
  readonly todo?: string;
}

export const lastCanaryOf = ({ state, known, attached }: Canary, now: number): LastCanary => {
  if (!state) return { sentence: 'The canary is on; the next scheduled run puts its file.' };
  const at = new Date(state.startedAt).toISOString();
  if (attached) return { sentence: `The last canary was put at ${at}, and it is attached.` };
  const isLate = now - state.owedSince > canaryLateAfterMs;
  if (state.etag === undefined) {
    return {
      sentence: `The canary of ${at} is not in the bucket.`,
      ...(isLate && { todo: 'Read the log of on-schedule for "canary": it says why none could be put.' }),
    };
  }
  const sentence = `The last canary was put at ${at}, and it is not attached: ${knownAs(known)}`;
  return { sentence, ...(isLate && { todo: known === undefined ? noRecord : withRecord }) };
};

const knownAs = (known: Canary['known']): string => {
  if (known === undefined) return 'the ledger has no record of it.';
  return known.readable ? `its status is ${known.record.state.status}.` : 'its record cannot be read.';
};

const noRecord =
  'No function has seen it. Look whether the bucket sends its events (with a scan: whether there are verdicts), and into the log of on-upload.';
const withRecord = 'Ask for the status of its key: the answer names the cause and what to do.';
