import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import type { RequestRecord } from '../kombo/store/request-log.ts';
import type { Stack } from '../stack.ts';
import type { Step } from './step.ts';

/** Finds, each time it is called, the steps that a record shows and that were not told yet. */
export const progress = ({ kombo }: Stack, sinceMs: number) => {
  let claimed = 0;
  let sent = 0;
  let waiting = 0;

  const claim = ({ attempts, attemptedAt = 0 }: LedgerRecord): Step[] => {
    if (attempts <= claimed || attemptedAt < sinceMs) return [];
    claimed = attempts;
    return [{ step: 'claimed', atMs: attemptedAt, attempt: attempts }];
  };

  /** Calls that brought a file to this target since then. */
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
    const told = waiting;
    if (status === 'retrying' || status === 'unknown') {
      waiting = state.dueAt;
      return told === waiting
        ? []
        : [{ step: 'waiting', atMs: updatedAt, status, why: state.failure.code, untilMs: waiting }];
    }
    if (status === 'sending' && attemptedAt < sinceMs) {
      waiting = state.leaseUntil;
      const why = 'an earlier run was cut off while it sent this file';
      return told === waiting ? [] : [{ step: 'waiting', atMs: Date.now(), status, why, untilMs: waiting }];
    }
    return [];
  };

  return (record: LedgerRecord): readonly Step[] => [...claim(record), ...sends(record), ...wait(record)];
};
