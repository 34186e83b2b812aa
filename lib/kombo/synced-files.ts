import { isObject, list, text } from '../json.ts';

/** Where Kombo stored a file that it synced from the ATS into a bucket of Kombo's customer. */
export interface SyncedFile {
  readonly bucket: string;
  readonly key: string;
}

/** Reads only the storage location of each entry; the rest describes a person's file and is not needed. */
export const readSyncedFiles = (data: unknown): readonly SyncedFile[] | 'unreadable' => {
  const results = isObject(data) ? list(data.results) : undefined;
  return (
    results?.flatMap((entry) => {
      const place = isObject(entry) && isObject(entry.content_ref) ? entry.content_ref : {};
      const [bucket, key] = [text(place.bucket), text(place.key)];
      return bucket === undefined || key === undefined ? [] : [{ bucket, key }];
    }) ?? 'unreadable'
  );
};

/**
 * Whether a key looks like that of a synced file in Kombo's documentation, after any prefix.
 * @see https://docs.kombo.dev/ats/v1/get-attachments (content_ref)
 */
export const looksSynced = (key: string): boolean =>
  /(^|\/)ats_attachments\/integrations\/[^/]+\/candidates\/[^/]+\/[^/]+$/.test(key);
