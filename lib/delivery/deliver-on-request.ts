import type { Deadline } from '../deadline.ts';
import { unchangedOutcome } from '../ledger/outcome-from-record.ts';
import type { Outcome } from '../outcome.ts';
import { isFolderMarker } from '../upload/object-key.ts';
import { type Upload, uploadId } from '../upload/upload.ts';
import { deliver } from './deliver.ts';
import type { DeliverCourier } from './delivery-options.ts';
import { holdUnscanned } from './scan-verdict.ts';

export interface RequestOptions {
  readonly deadline: Deadline;
  /** One of many, named by a manifest or a prefix: it waits its turn and its due time. Otherwise an operator waits for it. */
  readonly isBackfill?: boolean;
  /** The caller adapts to Kombo's limits itself. */
  readonly isPaced?: boolean;
}

/**
 * Sends an object because an operator or a manifest named it, not because an event reported it.
 * Reads the ledger first, so that naming a million attached objects writes nothing.
 * @throws only when the ledger could not be read or written
 */
export const deliverOnRequest = async (
  upload: Upload,
  { deadline, isBackfill = false, isPaced = false }: RequestOptions,
  courier: DeliverCourier,
): Promise<Outcome> => {
  if (isFolderMarker(upload.key, upload.sizeBytes)) {
    return { status: 'ignored', reason: 'A folder marker is not an upload.' };
  }
  const known = await courier.ledger.read(uploadId(upload));
  if (known && !known.readable) return unchangedOutcome(known, upload);
  const state = known?.record.state;
  // A file that waits for its next attempt has had its verdict, or an operator's decision instead.
  const mayBeSent = state?.status === 'waiting' || known?.record.verdict?.code === 'clean';
  if (courier.settings.requireScan && !mayBeSent) return holdUnscanned(upload, known?.record, courier);
  const turn = isBackfill ? { backfill: true, isPaced } : { early: true };
  return deliver(upload, { deadline, ...turn, ...(known && { seen: known.record }) }, courier);
};
