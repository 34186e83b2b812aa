import { failureOf } from '../../../lib/failures/failures.ts';
import type { LedgerRecord, UnknownOutcome, Waiting } from '../../../lib/ledger/record.ts';
import type { RequestRecord } from '../kombo/store/request-log.ts';
import type { Stack } from '../stack.ts';
import type { Step } from './step.ts';

/** A pause has no known end: a scheduled run or an operator ends it. */
const reasonToWait = ({ failure: { code, detail }, dueAt }: Waiting | UnknownOutcome) => {
  if (code === 'INTEGRATION_PAUSED') return { why: detail };
  if (failureOf(code).pauses !== 'nothing') return { why: `${code}, which pauses the integration. ${detail}` };
  return { why: code, untilMs: dueAt };
};

/** Returns a function that finds the steps of a record that earlier calls have not returned. */
export const trackSteps = ({ kombo }: Stack, sinceMs: number) => {
  let claimed = 0;
  let sent = 0;
  let waiting = 0;

  const claim = ({ attempts, attemptedAt = 0 }: LedgerRecord): Step[] => {
    if (attempts <= claimed || attemptedAt < sinceMs) return [];
    claimed = attempts;
    return [{ step: 'claimed', atMs: attemptedAt, attempt: attempts }];
  };

  /** POSTs for this target since the start. */
  const posts = ({ target }: LedgerRecord): readonly RequestRecord[] =>
    kombo.requests
      .recent()
      .filter(
        ({ call, path, atMs }) => call === 'post' && atMs >= sinceMs && target && path.includes(`/${target.id}/`),
      );

  const sends = (record: LedgerRecord): Step[] => {
    const ended = posts(record).filter(({ open }) => !open);
    const fresh = ended.slice(sent);
    sent = ended.length;
    return fresh.map(({ atMs, path, status, receivedBytes }) => ({
      step: 'sent',
      atMs,
      path,
      status,
      bodyBytes: receivedBytes,
    }));
  };

  const wait = ({ state, attemptedAt = 0, updatedAt }: LedgerRecord): Step[] => {
    const { status } = state;
    const returned = waiting;
    if (status === 'waiting' || status === 'unknown') {
      waiting = state.dueAt;
      return returned === waiting ? [] : [{ step: 'waiting', atMs: updatedAt, status, ...reasonToWait(state) }];
    }
    if (status === 'sending' && attemptedAt < sinceMs) {
      waiting = state.leaseUntil;
      const why = 'an earlier run was cut off while it sent this file';
      return returned === waiting ? [] : [{ step: 'waiting', atMs: Date.now(), status, why, untilMs: waiting }];
    }
    return [];
  };

  return (record: LedgerRecord): readonly Step[] => [...claim(record), ...sends(record), ...wait(record)];
};
