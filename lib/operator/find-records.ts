import type { Courier } from '../courier.ts';
import { matchKey } from '../key-template/match-key.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { Result } from '../result.ts';
import { parseUploadId, type Upload, uploadId } from '../upload/upload.ts';

/** What is known of everything that ever stood under one key. */
export interface KeyReport {
  /** What stands there now, or why nobody can tell. */
  readonly object: Result<Upload>;
  /** The record of the object that stands there now. */
  readonly current?: LedgerEntry;
  /** Those of earlier objects, newest first. */
  readonly earlier: readonly LedgerEntry[];
}

/**
 * Asks the bucket what stands under a key, and the ledger what it knows of that and of earlier objects there. Earlier ones
 * are found through the target in the key; where the key fits no template, only by their ETag.
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
    for await (const { id } of ledger.ofTarget(match.value.target)) if (isOf(id, bucket, key)) ids.push(id);
  }
  const currentId = object.ok ? uploadId(object.value) : undefined;
  const namedId = etag === undefined ? undefined : uploadId({ bucket, key, etag });
  for (const id of [namedId, currentId]) if (id !== undefined && !ids.includes(id)) ids.push(id);
  // The index names them, and may be behind in what it says of them.
  const known = await ledger.readMany(ids);
  const current = currentId === undefined ? undefined : known.get(currentId);
  const earlier = ids.toReversed().flatMap((id) => (id === currentId ? [] : (known.get(id) ?? [])));
  return { object, ...(current && { current }), earlier };
};

/** The record that a person means: of the ETag that they name, else of what stands there now, else the newest. */
export const namedRecord = ({ object, current, earlier }: KeyReport, etag?: string): LedgerEntry | undefined => {
  if (etag !== undefined)
    return [...(current ? [current] : []), ...earlier].find(({ id }) => parseUploadId(id)?.etag === etag);
  return object.ok ? current : earlier[0];
};

const isOf = (id: string, bucket: string, key: string): boolean => {
  const parts = parseUploadId(id);
  return parts?.bucket === bucket && parts.key === key;
};
