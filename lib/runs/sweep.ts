import type { Courier } from '../courier.ts';
import { deliver } from '../delivery/deliver.ts';
import { missingVerdict } from '../delivery/missing-verdict.ts';
import { literalPrefixes } from '../key-template/match-key.ts';
import { verdictWaitMs } from '../limits.ts';
import { isFolderMarker } from '../upload/object-key.ts';
import type { ListedObject } from '../upload/storage.ts';
import { type Upload, uploadId } from '../upload/upload.ts';
import { addCounts, type OutcomeCounts, outcomeCounter } from './count-outcomes.ts';
import { type PacedPool, pacedPool } from './paced-pool.ts';
import { hasTime, type RunCourier, type RunOptions } from './run-options.ts';
import {
  continueAfter,
  finishPass,
  oldestToAsk,
  type SweepCursor,
  type SweepPosition,
  startCursor,
} from './sweep-cursor.ts';
import { cursorKey, sweepCursorStore } from './sweep-cursor-store.ts';

export type SweepCourier = RunCourier & Pick<Courier, 'table'>;

export interface SweepReport {
  readonly outcomes: OutcomeCounts;
  /** Objects that the listing showed, and those of them that the ledger was asked about. */
  readonly listed: number;
  readonly asked: number;
  /** Objects without a ledger record that this run dealt with. */
  readonly found: number;
  /** False when time ran out, Kombo throttled, another run was faster, or a cursor could not be read. */
  readonly finished: boolean;
  /** Prefixes that are not swept until an operator has fixed their cursor. */
  readonly unreadable: number;
}

type PageReport = Omit<SweepReport, 'finished' | 'unreadable'>;
const nothing: PageReport = { outcomes: {}, listed: 0, asked: 0, found: 0 };

/** One lane for all: few events are lost, and slowing down for another integration harms nothing. */
const lane = 'all';

/**
 * Finds objects without a ledger record, because their event was lost or dropped, and delivers them.
 * Old, known objects cost only their line in the listing. The cursor is a key, so it never expires; it moves only over
 * what has been settled, so an interrupted sweep skips nothing, and overlapping ones are harmless.
 * Adapts to throttling and ends early when Kombo asks for a long wait; what was throttled is due again soon.
 * @throws only when the ledger could not be read or written
 */
export const sweep = async (options: RunOptions, courier: SweepCourier): Promise<SweepReport> => {
  const { settings, clock } = courier;
  const pool = pacedPool({ parallelism: options.parallelism, mayStart: () => hasTime(options), clock });
  let report: SweepReport = { ...nothing, finished: true, unreadable: 0 };
  for (const prefix of literalPrefixes(settings.keyTemplates)) {
    const part = await sweepPrefix(prefix, pool, options, courier);
    report = {
      ...addPage(report, part),
      finished: report.finished && part.finished,
      unreadable: report.unreadable + part.unreadable,
    };
  }
  return report;
};

const sweepPrefix = async (
  prefix: string,
  pool: PacedPool,
  options: RunOptions,
  courier: SweepCourier,
): Promise<SweepReport> => {
  const { clock, storage, settings, table, log } = courier;
  const cursors = sweepCursorStore(table);
  const stored = await cursors.read(prefix);
  const start = startCursor(stored, settings.sweepSince, clock.now());
  let report: SweepReport = { ...nothing, finished: false, unreadable: 0 };
  if (!start) {
    const nextStep =
      'Set SWEEP_SINCE to the date from which objects should be looked at, or delete the item from the ledger table to start from now.';
    log.error('The sweep cursor cannot be read; nothing is swept.', { item: cursorKey(prefix), nextStep });
    return { ...report, unreadable: 1 };
  }
  // A bucket that is full at the first run is left alone: the operator did not ask for ten thousand old CVs.
  if (!stored && !(await cursors.write(prefix, start, undefined))) return report;
  let cursor: SweepCursor = stored ? start : { ...start, version: 1 };

  while (hasTime(options)) {
    const { startedAt, afterKey } = cursor.pass ?? { startedAt: clock.now(), afterKey: '' };
    const range = { prefix, ...(afterKey !== '' && { afterKey }) };
    const page = await storage.list(settings.bucket, range, options.deadline.signal);
    if (!page.ok) {
      log.error('The bucket could not be listed; the next run continues.', { ...page.error });
      return report;
    }
    const { objects, next: token } = page.value;
    const more = token !== undefined;
    const after = oldestToAsk(cursor, settings.ledgerRetentionDays, clock.now());
    const part = await sweepPage({ objects, afterKey }, after, pool, options, courier);
    report = { ...report, ...addPage(report, part.report) };
    const isCut = part.settledUpTo !== undefined;
    const next: SweepPosition =
      more || isCut
        ? continueAfter(cursor, startedAt, part.settledUpTo ?? objects.at(-1)?.key ?? afterKey)
        : finishPass(cursor, startedAt);
    if (!(await cursors.write(prefix, next, cursor))) return report;
    cursor = { ...next, version: cursor.version + 1 };
    if (isCut) return report;
    if (!more) return { ...report, finished: true };
  }
  return report;
};

/** `settledUpTo` is present when the page was not finished: the last key before the first object that is left. */
const sweepPage = async (
  { objects, afterKey }: { readonly objects: readonly ListedObject[]; readonly afterKey: string },
  after: number,
  pool: PacedPool,
  { deadline }: RunOptions,
  courier: SweepCourier,
): Promise<{ readonly report: PageReport; readonly settledUpTo?: string }> => {
  const { settings, clock, ledger } = courier;
  const { bucket, requireScan } = settings;
  // A younger object may still get its verdict; a later pass asks again, because the watermark stays behind it.
  const before = requireScan ? clock.now() - verdictWaitMs : Number.POSITIVE_INFINITY;
  const recent = objects
    .filter(({ modifiedAt }) => modifiedAt > after && modifiedAt <= before)
    .filter(({ key, sizeBytes }) => !isFolderMarker(key, sizeBytes))
    .map(({ key, etag, sizeBytes, modifiedAt }): Upload => ({ bucket, key, etag, sizeBytes, modifiedAt }));
  const known = await ledger.readMany(recent.map(uploadId));
  const unseen = recent.filter((upload) => {
    const record = known.get(uploadId(upload));
    // Superseded means that the object was gone for a while; now it is back.
    return !record || (record.readable && record.record.state.status === 'superseded');
  });

  const outcomes = outcomeCounter();
  let found = 0;
  for (const upload of unseen) {
    const isStarted = await pool.start(lane, async () => {
      const options = { deadline, ...(requireScan && { holdAs: missingVerdict }) };
      const outcome = await deliver(upload, options, courier);
      outcomes.add(outcome);
      return outcome;
    });
    if (!isStarted) break;
    found += 1;
  }
  await pool.drain();
  const report = { outcomes: outcomes.counts, listed: objects.length, asked: recent.length, found };
  const firstLeft = unseen[found];
  if (!firstLeft) return { report };
  const lastDone = objects[objects.findIndex(({ key }) => key === firstLeft.key) - 1];
  return { report, settledUpTo: lastDone?.key ?? afterKey };
};

const addPage = (a: PageReport, b: PageReport): PageReport => ({
  outcomes: addCounts(a.outcomes, b.outcomes),
  listed: a.listed + b.listed,
  asked: a.asked + b.asked,
  found: a.found + b.found,
});
