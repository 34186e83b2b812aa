import type { Courier } from '../../courier.ts';
import type { LedgerEntry } from '../../ledger/ledger.ts';
import { canaryOffAfterMs, canaryRetryMs, dayMs } from '../../limits.ts';
import { uploadId } from '../../upload/upload.ts';
import { type CanaryState, readCanaryItem } from './canary-store.ts';

export type CanaryReader = Pick<Courier, 'settings' | 'table' | 'ledger' | 'clock'>;

/** The newest canary, if it still says something about today. */
export interface Canary {
  readonly version?: number | undefined;
  readonly state?: CanaryState;
  /** The ledger record of its file. */
  readonly known?: LedgerEntry | undefined;
  readonly attached: boolean;
}

/**
 * An item with another key, or one that is days old, dates from before the canary was switched off. The canary then begins
 * again.
 */
const isCurrent = (state: CanaryState, key: string, now: number): boolean =>
  state.key === key && now - state.startedAt < canaryOffAfterMs;

export const readCanary = async (key: string, { settings, table, ledger, clock }: CanaryReader): Promise<Canary> => {
  const { version, state } = await readCanaryItem(table);
  if (!state || !isCurrent(state, key, clock.now())) return { version, attached: false };
  const { etag, attached = false } = state;
  if (etag === undefined || attached) return { version, state, attached };
  const known = await ledger.read(uploadId({ bucket: settings.bucket, key, etag }));
  return { version, state, known, attached: known?.readable === true && known.record.state.status === 'attached' };
};

/**
 * How long a canary has been due but not attached; 0 while the newest one is attached. A new day's canary does not
 * reset it, so the alarm stays on.
 */
export const lateMs = ({ state, attached }: Canary, now: number): number =>
  state && !attached ? Math.max(0, now - state.owedSince) : 0;

/** A canary that did not reach the bucket is put again soon. */
export const isDue = ({ state }: Canary, now: number): boolean =>
  !state || now - state.startedAt >= (state.etag === undefined ? canaryRetryMs : dayMs);
