import { type KeyTemplate, matchKey } from '../key-template/match-key.ts';
import { maxOtherUploads } from '../limits.ts';
import { parseUploadId, type Upload } from '../upload/upload.ts';
import type { Ledger } from './ledger.ts';

/**
 * Finds the recorded upload of this version after another object has replaced it under the key.
 * @throws only when the ledger could not be read
 */
export const uploadOfVersion = async (
  { bucket, key, versionId }: Pick<Upload, 'bucket' | 'key' | 'versionId'>,
  settings: { readonly keyTemplates: readonly KeyTemplate[]; readonly integrationId: string | undefined },
  ledger: Pick<Ledger, 'idsOfTarget' | 'readMany'>,
): Promise<Upload | undefined> => {
  const match = matchKey(settings.keyTemplates, key, settings.integrationId);
  if (!match.ok || versionId === undefined) return undefined;
  const ids: string[] = [];
  let listed = 0;
  for await (const id of ledger.idsOfTarget(match.value.target)) {
    const parts = parseUploadId(id);
    if (parts?.bucket === bucket && parts.key === key) ids.push(id);
    listed += 1;
    if (listed === maxOtherUploads) break;
  }
  const uploads = [...(await ledger.readMany(ids)).values()].flatMap((entry) =>
    entry.readable ? [entry.record.upload] : [],
  );
  return uploads.find((upload) => upload.versionId === versionId);
};
