import { maxListedPages } from '../limits.ts';
import { ok, type Result } from '../result.ts';
import { isFolderMarker } from './object-key.ts';
import type { Storage } from './storage.ts';
import type { Upload } from './upload.ts';

export interface ListedUploads {
  readonly uploads: readonly Upload[];
  /** The last key that was read; absent when the prefix contains nothing more. */
  readonly afterKey?: string;
}

/**
 * Up to `limit` objects under a prefix, in key order, after a key. Pages without objects do not count towards the limit
 * of pages, because they contain no key from which the caller could continue. The signal ends the listing.
 */
export const listUploads = async (
  bucket: string,
  { prefix, afterKey, limit }: { readonly prefix: string; readonly afterKey?: string; readonly limit: number },
  signal: AbortSignal,
  storage: Pick<Storage, 'list'>,
): Promise<Result<ListedUploads>> => {
  const uploads: Upload[] = [];
  let after = afterKey;
  let token: string | undefined;
  for (let pages = 0; pages < maxListedPages; ) {
    const from = token === undefined ? after !== undefined && { afterKey: after } : { token };
    const listed = await storage.list(bucket, { prefix, ...from }, signal);
    if (!listed.ok) return listed;
    const { objects, next } = listed.value;
    for (const [index, { key, etag, sizeBytes, modifiedAt }] of objects.entries()) {
      after = key;
      if (isFolderMarker(key, sizeBytes)) continue;
      uploads.push({ bucket, key, etag, sizeBytes, modifiedAt });
      const isLast = next === undefined && index === objects.length - 1;
      if (uploads.length === limit) return ok({ uploads, ...(!isLast && { afterKey: key }) });
    }
    if (next === undefined) return ok({ uploads });
    token = next;
    if (objects.length > 0) pages += 1;
  }
  return ok({ uploads, ...(after !== undefined && { afterKey: after }) });
};
