import type { Settings } from '../../config/config.ts';
import { literalPrefixes, matchKey } from '../../key-template/match-key.ts';
import type { Result } from '../../result.ts';
import { isFolderMarker } from '../../upload/object-key.ts';
import type { ListedObject, ListedPage, Storage } from '../../upload/storage.ts';
import type { Target } from '../../upload/target.ts';

/** A folder that a key template begins with, and the first page of its listing. */
export interface WatchedFolder {
  /** "" is the whole bucket. */
  readonly prefix: string;
  readonly page: Result<ListedPage>;
}

/** Lists each folder once, because several checks use the same pages. */
export const listWatchedFolders = (
  { bucket, keyTemplates }: Pick<Settings, 'bucket' | 'keyTemplates'>,
  signal: AbortSignal,
  storage: Pick<Storage, 'list'>,
): Promise<readonly WatchedFolder[]> =>
  Promise.all(
    literalPrefixes(keyTemplates).map(async (prefix) => ({
      prefix,
      page: await storage.list(bucket, { prefix }, signal),
    })),
  );

export const objectsIn = (folders: readonly WatchedFolder[]): readonly ListedObject[] =>
  folders.flatMap(({ page }) =>
    page.ok ? page.value.objects.filter(({ key, sizeBytes }) => !isFolderMarker(key, sizeBytes)) : [],
  );

/** The targets in the keys: one for each object whose key matches a template. */
export const targetsIn = (
  folders: readonly WatchedFolder[],
  { keyTemplates, integrationId }: Pick<Settings, 'keyTemplates' | 'integrationId'>,
): readonly Target[] =>
  objectsIn(folders).flatMap(({ key }) => {
    const match = matchKey(keyTemplates, key, integrationId);
    return match.ok ? [match.value.target] : [];
  });
