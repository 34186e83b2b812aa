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
  /**
   * One of many files from a manifest or prefix: it waits its turn and until it is due. Otherwise an operator is
   * waiting for the result.
   */
  readonly isBackfill?: boolean;
  /** The caller itself adapts to Kombo's limits. */
  readonly isPaced?: boolean;
}

/**
 * Sends an object that an operator or a manifest names. Reads the ledger first, so that a manifest with a million
 * attached objects causes no writes.
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
  // A waiting file has already had a clean verdict, or an operator's decision instead.
  const mayBeSent = state?.status === 'waiting' || known?.record.verdict?.code === 'clean';
  if (courier.settings.requireScan && !mayBeSent) return holdUnscanned(upload, known?.record, courier);
  const turn = isBackfill ? { backfill: true, isPaced } : { early: true };
  return deliver(upload, { deadline, ...turn, ...(known && { seen: known.record }) }, courier);
};
