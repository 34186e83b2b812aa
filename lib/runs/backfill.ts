import type { DeliverDeps } from '../delivery/deliver.ts';
import { type AttachOptions, attachObject } from '../delivery/deliver-on-request.ts';
import type { Outcome } from '../outcome.ts';
import { inParallel } from '../parallel.ts';
import type { Result } from '../result.ts';
import { isFolderMarker } from '../upload/object-key.ts';
import type { Upload } from '../upload/upload.ts';
import { paceFor } from './adaptive-concurrency.ts';

export interface BackfillOptions extends AttachOptions {
  /** Deliveries under way at once. */
  readonly parallelism: number;
  /** Nothing is started with less time left than this, in milliseconds. */
  readonly worstCaseMs: number;
}

export interface Backfill {
  /** In the order in which they ended. */
  readonly outcomes: readonly Outcome[];
  /** How many of the uploads were begun, in their order; all of those have ended. */
  readonly begun: number;
  /** Why the rest was not begun. */
  readonly stopped?: 'time' | 'patience';
}

/**
 * Sends many objects, as many at once as Kombo bears. Ends early when time runs out or Kombo asks for patience; whoever
 * goes on later, even from the beginning, sends nothing twice.
 * @throws only when the ledger could not be read or written.
 */
export const backfill = async (
  uploads: readonly Upload[],
  options: BackfillOptions,
  deps: DeliverDeps,
): Promise<Backfill> => {
  const { deadline, parallelism, worstCaseMs } = options;
  const pace = paceFor(parallelism, deps.clock);
  const outcomes: Outcome[] = [];
  const hasTime = (): boolean => deadline.remainingMs() > worstCaseMs;
  // One lane for all: a backfill mostly concerns one integration, and going slower for another harms nobody.
  const lane = 'all';
  const begun = await inParallel(
    uploads,
    parallelism,
    () => hasTime() && pace.mayStart(lane),
    async (upload) => {
      pace.started(lane);
      const outcome = await attachObject(upload, options, deps);
      pace.finished(lane, outcome);
      outcomes.push(outcome);
    },
  );
  if (begun === uploads.length) return { outcomes, begun };
  return { outcomes, begun, stopped: hasTime() ? 'patience' : 'time' };
};

export interface ListedUploads {
  readonly uploads: readonly Upload[];
  /** The last key looked at; absent when the prefix holds nothing more. */
  readonly afterKey?: string;
}

/** At most this many pages are listed for one answer: a prefix may hold a million folder markers. */
const mostPages = 20;

/** Up to `limit` objects under a prefix, in key order, after a key. */
export const listUploads = async (
  bucket: string,
  { prefix, afterKey, limit }: { readonly prefix: string; readonly afterKey?: string; readonly limit: number },
  signal: AbortSignal,
  { storage }: Pick<DeliverDeps, 'storage'>,
): Promise<Result<ListedUploads>> => {
  const uploads: Upload[] = [];
  let after = afterKey;
  for (let page = 1; page <= mostPages; page += 1) {
    const listed = await storage.list(bucket, { prefix, ...(after !== undefined && { afterKey: after }) }, signal);
    if (!listed.ok) return listed;
    const { objects, more } = listed.value;
    for (const [index, { key, etag, sizeBytes }] of objects.entries()) {
      after = key;
      if (isFolderMarker(key, sizeBytes)) continue;
      uploads.push({ bucket, key, etag, sizeBytes });
      const isLast = !more && index === objects.length - 1;
      if (uploads.length === limit) return { ok: true, value: { uploads, ...(!isLast && { afterKey: key }) } };
    }
    if (!more) return { ok: true, value: { uploads } };
  }
  return { ok: true, value: { uploads, ...(after !== undefined && { afterKey: after }) } };
};
