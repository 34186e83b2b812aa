import { latestUpload } from '../upload/is-newer.ts';
import { doubtedChange } from './doubted.ts';
import type { EventOf, LedgerEvent } from './ledger-event.ts';
import { backToWaiting, sendingState } from './new-state.ts';
import type { LedgerRecord } from './record.ts';

export type FirstEvent = EventOf<'claim' | 'postponed' | 'doubted'>;

export const isFirst = (event: LedgerEvent): event is FirstEvent =>
  event.kind === 'claim' || event.kind === 'postponed' || event.kind === 'doubted';

/** The record of an upload that the ledger has not seen before. */
export const firstRecord = (event: FirstEvent, now: number, writeId: string): LedgerRecord => ({
  upload: event.upload,
  ...(event.target && { target: event.target }),
  ...(event.attachmentType && { attachmentType: event.attachmentType }),
  ...beginning(event, now),
  ...(event.backfill && { backfill: true }),
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
  }
};

export const aboutUpload = (record: LedgerRecord, event: FirstEvent) => ({
  // Bucket, key and ETag are the same; the rest is that of the newest upload.
  upload: latestUpload(record.upload, event.upload),
  ...targetOf(event),
  backfill: event.backfill || undefined,
});

/** A changed template may name another target now; what was sent before stays sent. */
export const targetOf = ({ target, attachmentType }: Partial<Pick<LedgerRecord, 'target' | 'attachmentType'>>) => ({
  ...(target && { target }),
  ...(attachmentType && { attachmentType }),
});
