import { deliver } from '../delivery/deliver.ts';
import { verdictPatienceMs, withoutVerdict } from '../delivery/scan-gate.ts';
import { literalPrefixes } from '../key-template/match-key.ts';
import type { Outcome, OutcomeStatus } from '../outcome.ts';
import { inParallel } from '../parallel.ts';
import { isFolderMarker } from '../upload/object-key.ts';
import type { ListedObject } from '../upload/storage.ts';
import { type Upload, uploadId } from '../upload/upload.ts';
import { type Pace, paceFor } from './adaptive-concurrency.ts';
import type { ReprocessDeps, ReprocessOptions } from './reprocess.ts';
import {
  cursorKey,
  type SweepCursor,
  type SweepCursors,
  sweepCursorsOn,
  type UnreadableCursor,
} from './sweep-cursor-store.ts';

export interface SweepSettings {
  readonly bucket: string;
  /** Only objects modified after this are swept; without it, after the first run. Milliseconds. */
  readonly sweepSince?: number | undefined;
  readonly ledgerRetentionDays: number;
  /** With it, an object that is unknown after half an hour has missed its verdict: it is held, not sent. */
  readonly requireScan?: boolean | undefined;
}

export interface SweepReport {
  readonly outcomes: Partial<Record<OutcomeStatus, number>>;
  /** Objects that the listing showed, and those of them that the ledger was asked for. */
  readonly listed: number;
  readonly asked: number;
  /** Objects that the ledger had never seen, and that this run dealt with. */
  readonly found: number;
  /** False when time ran out, Kombo asked for patience, another run was at work, or a cursor could not be read. */
  readonly finished: boolean;
  /** Prefixes that are not swept until a person has mended their cursor. */
  readonly unreadable: number;
}

/**
 * An object may show up in a listing long after its date: a multipart upload is dated by its beginning, and clocks
 * differ. Objects this much older than the last finished pass are asked for again.
 */
const watermarkMarginMs = 3_600_000;
const dayMs = 24 * 3_600_000;
/** One for all: what nobody told of is little as a rule, and going slower for another integration harms nobody. */
const lane = 'all';

/**
 * Finds objects that the ledger has never seen, because an event was lost or dropped, and delivers them.
 * Old, known objects cost only their line in the listing. The cursor is a key, so it never expires; it moves on only
 * over what has been settled, so an interrupted sweep leaves nothing out, and overlapping ones are harmless.
 * Goes as fast as Kombo bears, and ends early when it asks for patience; what it refused for load is due again soon.
 * @throws only when the ledger could not be read or written.
 */
export const sweep = async (
  options: ReprocessOptions,
  settings: SweepSettings,
  deps: ReprocessDeps,
): Promise<SweepReport> => {
  const cursors = sweepCursorsOn(deps.table);
  const pace = paceFor(options.parallelism, deps.clock);
  let report: SweepReport = { outcomes: {}, listed: 0, asked: 0, found: 0, finished: true, unreadable: 0 };
  for (const prefix of literalPrefixes(deps.settings.keyTemplates)) {
    report = merged(report, await sweepPrefix(prefix, cursors, pace, options, settings, deps));
  }
  return report;
};

const sweepPrefix = async (
  prefix: string,
  cursors: SweepCursors,
  pace: Pace,
  options: ReprocessOptions,
  settings: SweepSettings,
  deps: ReprocessDeps,
): Promise<SweepReport> => {
  const { clock, storage } = deps;
  let report: SweepReport = { outcomes: {}, listed: 0, asked: 0, found: 0, finished: false, unreadable: 0 };
  const stored = await cursors.read(prefix);
  let cursor = begun(stored, settings, clock.now());
  if (!cursor) {
    const nextStep =
      'Set SWEEP_SINCE to the date from which objects should be looked at, or delete the item from the ledger table to begin from now.';
    deps.log.error('The sweep cursor cannot be read; nothing is swept.', { item: cursorKey(prefix), nextStep });
    return { ...report, unreadable: 1 };
  }
  // A full bucket at the first run is none of our business: nobody asked for ten thousand old CVs.
  if (!stored && !(await cursors.write(prefix, cursor, undefined))) return report;
  if (!stored) cursor = { ...cursor, version: 1 };

  for (;;) {
    if (options.deadline.remainingMs() <= options.worstCaseMs) return report;
    const { startedAt, afterKey } = cursor.pass ?? { startedAt: clock.now(), afterKey: '' };
    const page = await storage.list(
      settings.bucket,
      { prefix, ...(afterKey !== '' && { afterKey }) },
      options.deadline.signal,
    );
    if (!page.ok) {
      deps.log.error('The bucket could not be listed; the next run goes on.', { ...page.error });
      return report;
    }
    const { objects, more } = page.value;
    const part = await sweepPage(
      { objects, afterKey },
      oldestAskedFor(cursor, settings, clock.now()),
      pace,
      options,
      settings,
      deps,
    );
    report = merged(report, { ...part.report, finished: false, unreadable: 0 });
    const next: Omit<SweepCursor, 'version'> =
      more || part.settledUpTo !== undefined
        ? {
            since: cursor.since,
            watermark: cursor.watermark,
            pass: { startedAt, afterKey: part.settledUpTo ?? objects.at(-1)?.key ?? afterKey },
          }
        : { since: cursor.since, watermark: Math.max(cursor.watermark, startedAt - watermarkMarginMs) };
    if (!(await cursors.write(prefix, next, cursor))) return report;
    cursor = { ...next, version: cursor.version + 1 };
    if (part.settledUpTo !== undefined) return report;
    if (!more) return { ...report, finished: true };
  }
};

/**
 * Where the sweep goes on. Undefined when the cursor cannot be read and nobody has named a date: to begin with the
 * oldest object would send old CVs by surprise, to begin with now would leave out what nobody has told of since.
 */
const begun = (
  stored: SweepCursor | UnreadableCursor | undefined,
  { sweepSince }: SweepSettings,
  now: number,
): SweepCursor | undefined => {
  // S3 tells whole seconds: what is put right after the first run must not look older than it.
  if (!stored) return { version: 0, since: sweepSince ?? now - 2_000, watermark: 0 };
  const { version } = stored;
  if ('unreadable' in stored)
    return sweepSince === undefined ? undefined : { version, since: sweepSince, watermark: 0 };
  const since = sweepSince ?? stored.since;
  // Somebody moved the date back: what lies between was never asked for, neither by finished passes nor by this one.
  if (since < stored.since) return { version, since, watermark: 0 };
  return { ...stored, since };
};

/** Beyond its retention the ledger has forgotten what it sent: to ask it there would send old CVs again. */
const oldestAskedFor = (
  { since, watermark }: SweepCursor,
  { ledgerRetentionDays }: SweepSettings,
  now: number,
): number => Math.max(since, watermark, now - Math.max(ledgerRetentionDays - 1, ledgerRetentionDays / 2) * dayMs);

const sweepPage = async (
  { objects, afterKey }: { readonly objects: readonly ListedObject[]; readonly afterKey: string },
  after: number,
  pace: Pace,
  { deadline, parallelism, worstCaseMs }: ReprocessOptions,
  { bucket, requireScan }: SweepSettings,
  deps: ReprocessDeps,
): Promise<{ report: Omit<SweepReport, 'finished' | 'unreadable'>; settledUpTo?: string }> => {
  // A younger object may still get its verdict; a later pass asks again, for the watermark stays behind it.
  const before = requireScan ? deps.clock.now() - verdictPatienceMs : Number.POSITIVE_INFINITY;
  const recent = objects
    .filter(({ modifiedAt }) => modifiedAt > after && modifiedAt <= before)
    .filter(({ key, sizeBytes }) => !isFolderMarker(key, sizeBytes))
    .map(({ key, etag, sizeBytes }): Upload => ({ bucket, key, etag, sizeBytes }));
  const known = await deps.ledger.readMany(recent.map(uploadId));
  const unseen = recent.filter((upload) => {
    const record = known.get(uploadId(upload));
    // Superseded means that it was gone for a while; here it stands again.
    return !record || (record.readable && record.record.state.status === 'superseded');
  });

  const outcomes: Partial<Record<OutcomeStatus, number>> = {};
  const count = ({ status }: Outcome): void => {
    outcomes[status] = (outcomes[status] ?? 0) + 1;
  };
  const mayStart = (): boolean => deadline.remainingMs() > worstCaseMs && pace.mayStart(lane);
  const begunCount = await inParallel(unseen, parallelism, mayStart, async (upload) => {
    pace.started(lane);
    const outcome = await deliver(
      upload,
      { deadline, paced: true, ...(requireScan && { holdAs: withoutVerdict }) },
      deps,
    );
    pace.finished(lane, outcome);
    count(outcome);
  });
  const report = { outcomes, listed: objects.length, asked: recent.length, found: begunCount };
  const firstLeft = unseen[begunCount];
  if (!firstLeft) return { report };
  const lastDone = objects[objects.findIndex(({ key }) => key === firstLeft.key) - 1];
  return { report, settledUpTo: lastDone?.key ?? afterKey };
};

const merged = (a: SweepReport, b: SweepReport): SweepReport => {
  const outcomes = { ...a.outcomes };
  for (const [status, count] of Object.entries(b.outcomes) as [OutcomeStatus, number][]) {
    outcomes[status] = (outcomes[status] ?? 0) + count;
  }
  return {
    outcomes,
    listed: a.listed + b.listed,
    asked: a.asked + b.asked,
    found: a.found + b.found,
    finished: a.finished && b.finished,
    unreadable: a.unreadable + b.unreadable,
  };
};
