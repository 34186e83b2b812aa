import type { DeliverDeps } from '../delivery/deliver.ts';
import type { Known } from '../ledger/ledger.ts';

/** Why a record was not erased. */
export type Kept = 'sending' | 'object-stands' | 'bucket-silent' | 'changed';

export interface Forgotten {
  readonly erased: readonly string[];
  readonly kept: readonly { readonly id: string; readonly why: Kept }[];
}

/**
 * Erases records, one by one. Not while a delivery runs, for its outcome would be written nowhere; and not while the
 * object stands in the bucket, for the sweep would find it, take it for new, and send it again.
 * @throws only when the ledger could not be read or written.
 */
export const forget = async (
  records: AsyncIterable<Known> | Iterable<Known>,
  signal: AbortSignal,
  deps: Pick<DeliverDeps, 'ledger' | 'storage'>,
): Promise<Forgotten> => {
  const erased: string[] = [];
  const kept: { id: string; why: Kept }[] = [];
  for await (const known of records) {
    const why = await forgetOne(known, signal, deps);
    if (why === undefined) erased.push(known.id);
    else kept.push({ id: known.id, why });
  }
  return { erased, kept };
};

/** Undefined when it is erased. */
const forgetOne = async (
  known: Known,
  signal: AbortSignal,
  { ledger, storage }: Pick<DeliverDeps, 'ledger' | 'storage'>,
): Promise<Kept | undefined> => {
  if (known.readable && known.record.state.status === 'sending') return 'sending';
  const { bucket, key, etag } = partsOf(known);
  const found = await storage.find(bucket, key, signal);
  if (found.ok && found.value.etag === etag) return 'object-stands';
  if (!found.ok && found.error.code !== 'OBJECT_DELETED') return 'bucket-silent';
  return (await ledger.forget(known)) === 'forgotten' ? undefined : 'changed';
};

/** Bucket names hold no slash and ETags no "#", so the id of an unreadable record can be taken apart. */
const partsOf = (known: Known): { bucket: string; key: string; etag: string } => {
  if (known.readable) return known.record.upload;
  const [slash, hash] = [known.id.indexOf('/'), known.id.lastIndexOf('#')];
  return { bucket: known.id.slice(0, slash), key: known.id.slice(slash + 1, hash), etag: known.id.slice(hash + 1) };
};
