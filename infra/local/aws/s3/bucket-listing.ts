import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { ListOptions } from '@20minutes/s3rver/lib/stores/filesystem.js';

const objectFileEnding = '._S3rver_object';

export interface BucketListing {
  readonly keys: readonly string[];
  readonly commonPrefixes: readonly string[];
  readonly isTruncated: boolean;
}

/**
 * One page of a bucket's keys, in their order.
 * The package lists them as the folders are walked, where "a-b/1" comes after "a/1". A next page that begins after a key
 * then leaves out what should have stood before it. The order is that of strings here; S3's, by bytes of UTF-8, differs
 * between emoji and a few rare letters only.
 */
export const bucketListing = (
  folder: string,
  { prefix = '', delimiter = '', startAfter = '', maxKeys = Number.POSITIVE_INFINITY }: ListOptions,
): BucketListing => {
  const commonPrefixes = new Set<string>();
  const keys: string[] = [];
  for (const key of keysBelow(folder, prefix.slice(0, prefix.lastIndexOf('/') + 1)).sort()) {
    if (key <= startAfter || !key.startsWith(prefix)) continue;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (end !== -1) {
      commonPrefixes.add(key.slice(0, end + delimiter.length));
      continue;
    }
    if (keys.length === maxKeys) return { keys, commonPrefixes: [...commonPrefixes], isTruncated: true };
    keys.push(key);
  }
  return { keys, commonPrefixes: [...commonPrefixes], isTruncated: false };
};

/** @param below nothing, or the folder part of keys with the slash at its end */
const keysBelow = (folder: string, below: string): string[] => {
  try {
    return readdirSync(path.join(folder, below), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith(objectFileEnding))
      .map((file) => below + file.slice(0, -objectFileEnding.length).replaceAll(path.sep, '/'));
  } catch (error) {
    // No key has this beginning.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
    throw error;
  }
};
