import type { Deadline } from '../deadline.ts';
import { unchangedOutcome } from '../ledger/outcome-from-record.ts';
import type { Outcome } from '../outcome.ts';
import { isFolderMarker } from '../upload/object-key.ts';
import { type Upload, uploadId } from '../upload/upload.ts';
import { type DeliverDeps, deliver } from './deliver.ts';
import { withoutVerdict } from './scan-gate.ts';

export interface AttachOptions {
  readonly deadline: Deadline;
  readonly requireScan: boolean;
  /**
   * Leaves alone what waits for its time. For callers that come again by themselves, and at once: each of their calls
   * would be a try, and twelve tries hold a file.
   */
  readonly patient?: boolean;
}

/**
 * Sends an object because somebody named it, not because an event told of it: a person, or a manifest.
 * Reads the ledger first, so that naming a million objects that are attached writes nothing.
 * @throws only when the ledger could not be read or written.
 */
export const attachObject = async (
  upload: Upload,
  { deadline, requireScan, patient = false }: AttachOptions,
  deps: DeliverDeps,
): Promise<Outcome> => {
  if (isFolderMarker(upload.key, upload.sizeBytes))
    return { status: 'ignored', reason: 'A folder marker is no upload.' };
  const known = await deps.ledger.read(uploadId(upload));
  if (known && !known.readable) return unchangedOutcome(known, upload);
  const state = known?.record.state;
  if (known && patient && state?.status === 'retrying' && state.dueAt > deps.clock.now()) {
    return unchangedOutcome(known, upload);
  }
  // What is retrying has had its verdict, or a person's word in its stead.
  const holdAs = requireScan && state?.status !== 'retrying' ? { holdAs: withoutVerdict } : {};
  return deliver(upload, { deadline, ...holdAs, ...(known && { seen: known.record }) }, deps);
};
