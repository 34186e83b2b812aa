import { OwnError } from '../failures/own-error.ts';
import { latestUpload } from '../upload/is-newer.ts';
import { doubtedChange } from './doubted.ts';
import { failureOfVerdict, missingVerdict, type ScanVerdict } from './latest-verdict.ts';
import type { EventOf, LedgerEvent } from './ledger-event.ts';
import { backToWaiting, heldState, sendingState } from './new-state.ts';
import type { LedgerRecord } from './record.ts';

export type FirstEvent = EventOf<'claim' | 'postponed' | 'doubted' | 'scanned' | 'unscanned'>;

export const isFirst = (event: LedgerEvent): event is FirstEvent =>
  event.kind === 'claim' ||
  event.kind === 'postponed' ||
  event.kind === 'doubted' ||
  event.kind === 'scanned' ||
  event.kind === 'unscanned';

/** The record of an upload that the ledger has not seen before. */
export const firstRecord = (event: FirstEvent, now: number, writeId: string): LedgerRecord => ({
  upload: event.upload,
  ...(event.target && { target: event.target }),
  ...(event.attachmentType && { attachmentType: event.attachmentType }),
  ...beginning(event, now),
  ...('backfill' in event && event.backfill && { backfill: true }),
  ...('verdict' in event && event.verdict && { verdict: event.verdict }),
  createdAt: now,
  updatedAt: now,
  version: 1,
  writeId,
});

const beginning = (event: FirstEvent, now: number) => {
  switch (event.kind) {
    case 'claim':
      return { state: sendingState(event), attempts: 1, attemptsSinceRelease: 1, attemptedAt: now };
    case 'postponed':
      return { ...backToWaiting(event.failure, event.dueAt), attempts: 0 };
    case 'doubted':
      return { ...doubtedChange({}, event.upload, event.restored, now), attempts: 0, attemptsSinceRelease: 0 };
    case 'scanned':
      return { state: heldFor(event.verdict, now), attempts: 0, attemptsSinceRelease: 0 };
    case 'unscanned':
      return { ...unscannedChange({}, event, now), attempts: 0, attemptsSinceRelease: 0 };
  }
};

const heldFor = ({ code }: ScanVerdict, now: number) => {
  if (code === 'clean') throw new OwnError('A clean verdict holds nothing.');
  return heldState(now, failureOfVerdict(code), false);
};

export const unscannedChange = (
  record: Pick<LedgerRecord, 'unknownAttempts' | 'firstUnknownAttemptAt'>,
  { upload, restored }: EventOf<'unscanned'>,
  now: number,
) => ({
  ...(restored && doubtedChange(record, upload, restored, now)),
  state: heldState(now, missingVerdict, restored !== undefined),
});

export const aboutUpload = (record: LedgerRecord, event: FirstEvent) => ({
  // Bucket, key and ETag are the same; everything else is taken from the newest upload.
  upload: latestUpload(record.upload, event.upload),
  ...targetOf(event),
  backfill: ('backfill' in event && event.backfill) || undefined,
});

/** The target and type of an event, for a record. */
export const targetOf = ({ target, attachmentType }: Partial<Pick<LedgerRecord, 'target' | 'attachmentType'>>) => ({
  ...(target && { target }),
  ...(attachmentType && { attachmentType }),
});
