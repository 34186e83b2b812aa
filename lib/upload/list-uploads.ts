import { maxListedPages } from '../limits.ts';
import { ok, type Result } from '../result.ts';
import { isFolderMarker } from './object-key.ts';
import type { Storage } from './storage.ts';
import type { Upload } from './upload.ts';

export interface ListedUploads {
  readonly uploads: readonly Upload[];
  /** The last key looked at; absent when the prefix holds nothing more. */
  readonly afterKey?: string;
}

/** Up to `limit` objects under a prefix, in key order, after a key. */
export const listUploads = async (
  bucket: string,
  { prefix, afterKey, limit }: { readonly prefix: string; readonly afterKey?: string; readonly limit: number },
  signal: AbortSignal,
  storage: Pick<Storage, 'list'>,
): Promise<Result<ListedUploads>> => {
  const uploads: Upload[] = [];
  let after = afterKey;
  for (let page = 1; page <= maxListedPages; page += 1) {
    const listed = await storage.list(bucket, { prefix, ...(after !== undefined && { afterKey: after }) }, signal);
    if (!listed.ok) return listed;
    const { objects, more } = listed.value;
    for (const [index, { key, etag, sizeBytes }] of objects.entries()) {
      after = key;
      if (isFolderMarker(key, sizeBytes)) continue;
      uploads.push({ bucket, key, etag, sizeBytes });
      const isLast = !more && index === objects.length - 1;
      if (uploads.length === limit) return ok({ uploads, ...(!isLast && { afterKey: key }) });
    }
    if (!more) return ok({ uploads });
  }
  return ok({ uploads, ...(after !== undefined && { afterKey: after }) });
};
