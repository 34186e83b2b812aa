import { isObject, list, text } from '../json.ts';

/** Where Kombo has stored a file that it synced from the ATS into a bucket of the customer of Kombo. */
export interface SyncedFile {
  readonly bucket: string;
  readonly key: string;
}

/** Reads each entry separately. What else an entry says of a person's file is left where it is. */
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
 * Whether a key looks like one of a synced file, as Kombo's documentation shows it. Any prefix may stand before it.
 * @see https://docs.kombo.dev/ats/v1/get-attachments (content_ref)
 */
export const looksSynced = (key: string): boolean =>
  /(^|\/)ats_attachments\/integrations\/[^/]+\/candidates\/[^/]+\/[^/]+$/.test(key);
