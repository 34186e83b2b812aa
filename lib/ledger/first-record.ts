import { latestUpload } from '../upload/is-newer.ts';
import type { EventOf, LedgerEvent } from './ledger-event.ts';
import { backToWaiting, sendingState } from './new-state.ts';
import type { LedgerRecord } from './record.ts';

export type FirstEvent = EventOf<'claim' | 'postponed'>;

export const isFirst = (event: LedgerEvent): event is FirstEvent =>
  event.kind === 'claim' || event.kind === 'postponed';

/** The record of an upload that the ledger has not seen before. */
export const firstRecord = (event: FirstEvent, now: number, writeId: string): LedgerRecord => ({
  upload: event.upload,
  ...(event.target && { target: event.target }),
  ...(event.attachmentType && { attachmentType: event.attachmentType }),
  ...(event.kind === 'claim'
    ? { state: sendingState(event), attempts: 1, attemptsSinceRelease: 1, attemptedAt: now }
    : { ...backToWaiting(event.failure, event.dueAt), attempts: 0 }),
  ...(event.backfill && { backfill: true }),
  createdAt: now,
  updatedAt: now,
  version: 1,
  writeId,
});

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
