import type { Deadline } from '../deadline.ts';
import { describeError } from '../failures/own-error.ts';
import { matchKey } from '../key-template/match-key.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { verdictWaitMs } from '../limits.ts';
import { inParallel } from '../parallel.ts';
import { maskIntegrationId, maskKey } from '../telemetry/mask-key.ts';
import { fileFields, unreadableRecord } from '../telemetry/observe.ts';
import { isNewerUpload } from '../upload/is-newer.ts';
import { isFolderMarker } from '../upload/object-key.ts';
import type { ListedObject } from '../upload/storage.ts';
import { type Upload, uploadId } from '../upload/upload.ts';
import { addCounts, type OutcomeCounts, outcomeCounter } from './count-outcomes.ts';
import { isJudged } from './is-judged.ts';
import type { RunCourier, RunOptions } from './run-options.ts';
import { writeMissed } from './write-missed.ts';

/** What a sweep found and did. */
export interface SweepCounts {
  readonly outcomes: OutcomeCounts;
  /** Listed objects, and those of them that were looked up in the ledger. */
  readonly listed: number;
  readonly asked: number;
  /** Objects that had no current record in the ledger, and got one. */
  readonly found: number;
  /** Objects that could not be written to the ledger, or whose unreadable record is in no list. */
  readonly unaccounted: number;
  /** Objects whose key matches no template, whether looked up or not. */
  readonly unmatched: number;
}

export const noCounts: SweepCounts = { outcomes: {}, listed: 0, asked: 0, found: 0, unaccounted: 0, unmatched: 0 };

export const addSweepCounts = (a: SweepCounts, b: SweepCounts): SweepCounts => ({
  outcomes: addCounts(a.outcomes, b.outcomes),
  listed: a.listed + b.listed,
  asked: a.asked + b.asked,
  found: a.found + b.found,
  unaccounted: a.unaccounted + b.unaccounted,
  unmatched: a.unmatched + b.unmatched,
});

/** An object that may have to be written to the ledger, and its earlier record, if any. */
interface Missed {
  readonly upload: Upload;
  readonly seen?: LedgerRecord;
}

interface PageWork {
  readonly objects: readonly ListedObject[];
  /** Objects modified after this time are looked up in the ledger. */
  readonly askAfterOf: (key: string) => number;
  readonly mayGoOn: () => boolean;
  readonly deadline: Deadline;
  readonly parallelism: RunOptions['parallelism'];
}

/**
 * Looks up the objects of one page of the listing in the ledger, and writes the missing ones.
 * @returns `firstLeft` when time ran out: the first object that was not processed
 * @throws only when the ledger could not be read
 */
export const sweepPage = async (
  { objects, askAfterOf, mayGoOn, deadline, parallelism }: PageWork,
  courier: RunCourier,
): Promise<{ readonly counts: SweepCounts; readonly firstLeft?: Upload }> => {
  const { settings, clock, ledger, lanes, log } = courier;
  // A younger object may still get its verdict. A later pass looks it up, because the watermark stays before it.
  const before = settings.requireScan ? clock.now() - verdictWaitMs : Number.POSITIVE_INFINITY;
  const asked = objects
    .filter(({ key, modifiedAt }) => modifiedAt > askAfterOf(key) && modifiedAt <= before)
    .filter(({ key, sizeBytes }) => !isFolderMarker(key, sizeBytes))
    .map(({ key, etag, sizeBytes, modifiedAt }): Upload & { readonly modifiedAt: number } => ({
      bucket: settings.bucket,
      key,
      etag,
      sizeBytes,
      modifiedAt,
    }));
  const known = await ledger.readMany(asked.map(uploadId));

  const touched = new Map<string, Promise<void>>();
  const touch = (integrationId: string): Promise<void> => {
    const touching = touched.get(integrationId) ?? lanes.touch(integrationId);
    touched.set(integrationId, touching);
    return touching;
  };
  // No run would read the lane of a waiting file if the lane had lost its place.
  for (const integrationId of lanesOf(known.values())) await touch(integrationId);

  // The canary must arrive by its event. If the sweep delivered it, it would hide lost events.
  const missed = asked
    .filter(({ key }) => key !== settings.canaryKey)
    .flatMap((upload): readonly Missed[] => missedOf(upload, known.get(uploadId(upload))));
  const outcomes = outcomeCounter();
  let failed = 0;
  let judged = 0;
  const started = await inParallel(missed, parallelism, mayGoOn, async ({ upload, seen }) => {
    try {
      if (seen && (await isJudged(upload, seen, deadline, courier))) {
        judged += 1;
        return;
      }
      outcomes.add(await writeMissed(upload, seen, touch, deadline, courier));
    } catch (error) {
      // One record that cannot be written must not stop the sweep for all others. The next pass tries again.
      failed += 1;
      log.error('An object of the bucket could not be written into the ledger.', {
        key: maskKey(upload.key, settings.keyTemplates),
        etag: upload.etag,
        ...integrationField(upload.key, courier),
        error: describeError(error),
      });
    }
  });
  const firstLeft = missed[started]?.upload;
  const dealtWith = asked.slice(0, firstLeft && asked.findIndex(({ key }) => key === firstLeft.key));
  const hidden = dealtWith.flatMap((upload) => known.get(uploadId(upload)) ?? []).filter(isHidden);
  for (const { id, reason } of hidden)
    log.error(unreadableRecord, { ...fileFields(id, settings.keyTemplates), detail: reason });
  const counts = {
    outcomes: outcomes.counts,
    listed: objects.length,
    asked: asked.length,
    found: started - judged - failed,
    unaccounted: failed + hidden.length,
    unmatched: unmatchedIn(objects, firstLeft?.key, courier),
  };
  return { counts, ...(firstLeft && { firstLeft }) };
};

/** Counts only processed objects, because the rest of the page is listed again. */
const unmatchedIn = (
  objects: readonly ListedObject[],
  firstLeft: string | undefined,
  { settings }: Pick<RunCourier, 'settings'>,
): number => {
  const end = firstLeft === undefined ? objects.length : objects.findIndex(({ key }) => key === firstLeft);
  const uploads = objects.slice(0, end).filter(({ key, sizeBytes }) => !isFolderMarker(key, sizeBytes));
  return uploads.filter(({ key }) => !matchKey(settings.keyTemplates, key, settings.integrationId).ok).length;
};

const missedOf = (
  upload: Upload & { readonly modifiedAt: number },
  entry: LedgerEntry | undefined,
): readonly Missed[] => {
  if (!entry) return [{ upload }];
  // An unreadable record is a known one, and its file is not sent.
  if (!entry.readable) return [];
  const { record } = entry;
  // Superseded means that the object was gone for a while. Now it is back.
  if (record.state.status === 'superseded') return [{ upload, seen: record }];
  return record.state.status === 'rejected' && isNewerUpload(upload, record) ? [{ upload, seen: record }] : [];
};

/** Unreadable records that are in a list are reported where the list is read. */
const isHidden = (entry: LedgerEntry): entry is Extract<LedgerEntry, { readable: false }> =>
  !entry.readable && entry.workAt === undefined;

const lanesOf = (entries: Iterable<LedgerEntry>): ReadonlySet<string> => {
  const waiting = [...entries].flatMap((entry) => (entry.readable ? [entry.record] : [])).filter(isWaiting);
  return new Set(waiting.flatMap(({ target }) => (target ? [target.integrationId] : [])));
};

const isWaiting = ({ state }: LedgerRecord): boolean => state.status === 'waiting' || state.status === 'unknown';

const integrationField = (key: string, { settings }: Pick<RunCourier, 'settings'>) => {
  const match = matchKey(settings.keyTemplates, key, settings.integrationId);
  return match.ok ? { integration: maskIntegrationId(match.value.target.integrationId) } : {};
};
