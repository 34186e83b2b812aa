import type { Courier } from '../courier.ts';
import { matchKey } from '../key-template/match-key.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { Result } from '../result.ts';
import { parseUploadId, type Upload, uploadId } from '../upload/upload.ts';

/** Everything that is known about the current and earlier objects of one key. */
export interface KeyReport {
  /** The object under the key now, or why it cannot be read. */
  readonly object: Result<Upload>;
  /** The record of that object. */
  readonly current?: LedgerEntry;
  /** The records of earlier objects, newest first. */
  readonly earlier: readonly LedgerEntry[];
  /** False if the key matches no template and no ETag was given: then there may be records that were not found. */
  readonly isComplete: boolean;
}

/**
 * Reads the object under a key from the bucket, and its records from the ledger. Records of earlier objects are found
 * through the target in the key, or only by their ETag if the key matches no template.
 */
export const recordsOfKey = async (
  { bucket, key, etag }: { readonly bucket: string; readonly key: string; readonly etag?: string | undefined },
  signal: AbortSignal,
  { settings, storage, ledger }: Pick<Courier, 'settings' | 'storage' | 'ledger'>,
): Promise<KeyReport> => {
  const object = await storage.find(bucket, key, signal);
  const match = matchKey(settings.keyTemplates, key, settings.integrationId);
  const ids: string[] = [];
  if (match.ok) {
    for await (const id of ledger.idsOfTarget(match.value.target)) if (isOf(id, bucket, key)) ids.push(id);
  }
  const currentId = object.ok ? uploadId(object.value) : undefined;
  const namedId = etag === undefined ? undefined : uploadId({ bucket, key, etag });
  for (const id of [namedId, currentId]) if (id !== undefined && !ids.includes(id)) ids.push(id);
  const known = await ledger.readMany(ids);
  const current = currentId === undefined ? undefined : known.get(currentId);
  const earlier = ids.toReversed().flatMap((id) => (id === currentId ? [] : (known.get(id) ?? [])));
  return { object, ...(current && { current }), earlier, isComplete: match.ok || etag !== undefined };
};

/** The record that an operator means: that of the given ETag, or of the current object, or the newest. */
export const namedRecord = ({ object, current, earlier }: KeyReport, etag?: string): LedgerEntry | undefined => {
  if (etag !== undefined)
    return [...(current ? [current] : []), ...earlier].find(({ id }) => parseUploadId(id)?.etag === etag);
  return object.ok ? current : earlier[0];
};

const isOf = (id: string, bucket: string, key: string): boolean => {
  const parts = parseUploadId(id);
  return parts?.bucket === bucket && parts.key === key;
};
