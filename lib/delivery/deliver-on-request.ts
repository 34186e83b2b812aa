import type { Deadline } from '../deadline.ts';
import { unchangedOutcome } from '../ledger/outcome-from-record.ts';
import type { Outcome } from '../outcome.ts';
import { isFolderMarker } from '../upload/object-key.ts';
import { type Upload, uploadId } from '../upload/upload.ts';
import { deliver } from './deliver.ts';
import type { DeliverCourier } from './delivery-options.ts';
import { missingVerdict } from './missing-verdict.ts';

export interface RequestOptions {
  readonly deadline: Deadline;
  /**
   * Leaves alone what waits for its next attempt. For callers that repeat their calls automatically and soon: each call
   * would be an attempt, and twelve attempts hold a file.
   */
  readonly waitsItsTurn?: boolean;
}

/**
 * Sends an object because an operator or a manifest named it, not because an event reported it.
 * Reads the ledger first, so that naming a million attached objects writes nothing.
 * @throws only when the ledger could not be read or written
 */
export const deliverOnRequest = async (
  upload: Upload,
  { deadline, waitsItsTurn = false }: RequestOptions,
  courier: DeliverCourier,
): Promise<Outcome> => {
  if (isFolderMarker(upload.key, upload.sizeBytes)) {
    return { status: 'ignored', reason: 'A folder marker is not an upload.' };
  }
  const known = await courier.ledger.read(uploadId(upload));
  if (known && !known.readable) return unchangedOutcome(known, upload);
  const state = known?.record.state;
  if (known && waitsItsTurn && state?.status === 'waiting' && state.dueAt > courier.clock.now()) {
    return unchangedOutcome(known, upload);
  }
  // A file that waits for its next attempt has had its verdict, or an operator's decision instead.
  const holdAs = courier.settings.requireScan && state?.status !== 'waiting' ? { holdAs: missingVerdict } : {};
  return deliver(upload, { deadline, ...holdAs, ...(known && { seen: known.record }) }, courier);
};
