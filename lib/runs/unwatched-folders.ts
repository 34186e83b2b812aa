import { maxListedPages, maxUnwatchedFolders } from '../limits.ts';
import { ok, type Result } from '../result.ts';
import { maskFolder } from '../telemetry/mask-key.ts';
import type { Storage } from '../upload/storage.ts';

/**
 * Top-level folders of the bucket that no template watches, masked; at most 20. Uploads there start no function, and
 * nobody notices. A folder counts as watched if a template starts inside it.
 */
export const unwatchedFolders = async (
  bucket: string,
  prefixes: readonly string[],
  signal: AbortSignal,
  storage: Pick<Storage, 'list'>,
): Promise<Result<readonly string[]>> => {
  const found: string[] = [];
  if (prefixes.includes('')) return ok(found);
  let token: string | undefined;
  for (let page = 1; page <= maxListedPages && found.length < maxUnwatchedFolders; page += 1) {
    const listed = await storage.list(bucket, { prefix: '', delimiter: '/', token }, signal);
    if (!listed.ok) return listed;
    const { folders, next } = listed.value;
    const isWatched = (folder: string): boolean => prefixes.some((prefix) => prefix.startsWith(folder));
    found.push(...folders.filter((folder) => !isWatched(folder)).map(maskFolder));
    if (next === undefined) break;
    token = next;
  }
  return ok(found.slice(0, maxUnwatchedFolders));
};
