import type { Courier } from '../courier.ts';
import type { Deadline } from '../deadline.ts';
import { ledgerPageSize, pauseViewLifetimeMs, runReserveMs } from '../limits.ts';

export interface ReleaseReport {
  readonly released: number;
  /** False when time ran out before all were released: the next run continues. */
  readonly finished: boolean;
}

/**
 * Releases the files that ended pauses held; they are due immediately. A function that has not seen the end yet may
 * hold one more, so a pause stays `releasing` until every such function has finished what it started.
 */
export const releasePaused = async (
  { pauses, ledger, clock, settings }: Pick<Courier, 'pauses' | 'ledger' | 'clock' | 'settings'>,
  deadline?: Deadline,
): Promise<ReleaseReport> => {
  const releasing = (await pauses.list()).filter(({ state }) => state === 'releasing');
  const ended = new Set(releasing.map(({ scope }) => scope));
  if (ended.size === 0) return { released: 0, finished: true };
  let released = 0;
  for await (const known of ledger.work('held', ledgerPageSize)) {
    if (deadline && deadline.remainingMs() < runReserveMs) return { released, finished: false };
    if (!known.readable || known.record.state.status !== 'held') continue;
    const { pausedBy } = known.record.state;
    if (pausedBy === undefined || !ended.has(pausedBy)) continue;
    const written = await ledger.apply(known.record, { kind: 'released', scope: pausedBy, dueAt: clock.now() });
    if (written !== 'conflict') released += 1;
  }
  // A function with an old view can start a delivery, and hold its file as late as its lease allows.
  const quietAfterMs = settings.leaseMs + pauseViewLifetimeMs;
  for (const pause of releasing) {
    if (pause.ended && clock.now() - pause.ended.at > quietAfterMs) await pauses.close(pause);
  }
  return { released, finished: true };
};
