import type { Courier } from '../courier.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import { withoutTraces } from '../read-back/learn-tool.ts';
import { clearSweepPosition } from '../runs/sweep-store.ts';
import { parseUploadId } from '../upload/upload.ts';

/** Why a record was not erased. */
export type Kept = 'sending' | 'object-exists' | 'bucket-silent' | 'changed';

export interface Forgotten {
  readonly erased: readonly string[];
  readonly kept: readonly { readonly id: string; readonly why: Kept }[];
}

type ForgetCourier = Pick<Courier, 'ledger' | 'lanes' | 'storage' | 'table'>;

/**
 * Erases records, one by one. A record is kept while its delivery is in progress, because the outcome could not be
 * recorded. It is kept while the object is in the bucket, because the sweep would treat it as new and send it again.
 * @throws only when the ledger could not be read or written.
 */
export const forget = async (
  records: AsyncIterable<LedgerEntry> | Iterable<LedgerEntry>,
  signal: AbortSignal,
  courier: ForgetCourier,
): Promise<Forgotten> => {
  const erased: string[] = [];
  const kept: { id: string; why: Kept }[] = [];
  for await (const known of records) {
    const why = await forgetOne(known, signal, courier);
    if (why === undefined) erased.push(known.id);
    else kept.push({ id: known.id, why });
  }
  return { erased, kept };
};

const forgetOne = async (
  known: LedgerEntry,
  signal: AbortSignal,
  { ledger, lanes, storage, table }: ForgetCourier,
): Promise<Kept | undefined> => {
  if (known.readable && known.record.state.status === 'sending') return 'sending';
  const upload = parseUploadId(known.id);
  // Items without an upload's id have no object that could be sent again.
  const found = upload && (await storage.find(upload.bucket, upload.key, signal));
  if (found?.ok && found.value.etag === upload?.etag) return 'object-exists';
  if (found?.ok === false && found.error.code !== 'OBJECT_DELETED') return 'bucket-silent';
  if (upload) await clearSweepPosition(upload.key, table);
  const target = known.readable ? known.record.target : undefined;
  // Done first, because after the record is erased its lane is not known.
  if (target) {
    const { id: targetId, integrationId } = target;
    await lanes.change(integrationId, (lane) => {
      const tool = withoutTraces(lane.tool, { id: known.id, targetId });
      return tool === lane.tool ? lane : { ...lane, tool };
    });
  }
  return (await ledger.forget(known)) === 'forgotten' ? undefined : 'changed';
};
