import { deliverOnRequest, type RequestOptions } from '../delivery/deliver-on-request.ts';
import type { DeliverCourier } from '../delivery/delivery-options.ts';
import type { Outcome } from '../outcome.ts';
import type { Upload } from '../upload/upload.ts';
import { pacedPool } from './paced-pool.ts';
import { hasTime, type RunOptions } from './run-options.ts';

export type BackfillOptions = RequestOptions & RunOptions;

export interface Backfill {
  /** In the order in which they ended. */
  readonly outcomes: readonly Outcome[];
  /** How many uploads were started, in their order; all of them have ended. */
  readonly started: number;
  /** Why the rest was not started. */
  readonly stopped?: 'time' | 'throttled';
}

/**
 * Sends many objects, with as much concurrency as Kombo accepts. Ends early when time runs out or Kombo asks for a long
 * wait. It can be continued or repeated later without sending anything twice.
 * @throws only when the ledger could not be read or written
 */
export const backfill = async (
  uploads: readonly Upload[],
  options: BackfillOptions,
  courier: DeliverCourier,
): Promise<Backfill> => {
  const { parallelism } = options;
  const pool = pacedPool({ parallelism, mayStart: () => hasTime(options), clock: courier.clock });
  const outcomes: Outcome[] = [];
  let started = 0;
  for (const upload of uploads) {
    // One lane for all, because a backfill usually concerns one integration, and slowing down for another one does no
    // harm.
    const isStarted = await pool.start('all', async () => {
      const outcome = await deliverOnRequest(upload, options, courier);
      outcomes.push(outcome);
      return outcome;
    });
    if (!isStarted) break;
    started += 1;
  }
  await pool.drain();
  if (started === uploads.length) return { outcomes, started };
  return { outcomes, started, stopped: hasTime(options) ? 'throttled' : 'time' };
};
