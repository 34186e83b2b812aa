import { failures } from '../../failures/failures.ts';
import { type KeyTemplate, literalPrefixes } from '../../key-template/match-key.ts';
import { isFolderMarker } from '../../upload/object-key.ts';
import type { Storage } from '../../upload/storage.ts';
import { type CheckLine, fine, notTested, wrong } from './check-line.ts';

/** Lists the watched folders and opens one object, as a delivery does. */
export const checkBucket = async (
  bucket: string,
  templates: readonly KeyTemplate[],
  signal: AbortSignal,
  storage: Storage,
): Promise<readonly CheckLine[]> => {
  const lines: CheckLine[] = [];
  let sample: { readonly key: string; readonly etag: string } | undefined;
  for (const prefix of literalPrefixes(templates)) {
    const what = prefix === '' ? 'bucket' : `bucket, folder ${prefix}`;
    const listed = await storage.list(bucket, { prefix }, signal);
    if (!listed.ok) {
      lines.push(
        wrong(what, `${bucket} cannot be listed. ${listed.error.detail}`, failures[listed.error.code].nextStep),
      );
      continue;
    }
    const { objects, next } = listed.value;
    sample ??= objects.find(({ key, sizeBytes }) => !isFolderMarker(key, sizeBytes));
    const more = next === undefined ? '' : 'more than ';
    lines.push(fine(what, `${bucket} can be listed; ${more}${objects.length} objects were found.`));
  }
  if (!sample) return [...lines, notTested('reading an object', 'There is no object to test with yet.')];
  const opened = await storage.open({ bucket, ...sample }, signal);
  if (opened.ok) {
    opened.value.close();
    return [...lines, fine('reading an object', 'An object could be opened.')];
  }
  const { code, detail } = opened.error;
  const gone = code === 'OBJECT_DELETED' || code === 'OBJECT_REPLACED';
  if (gone)
    return [
      ...lines,
      notTested('reading an object', 'The object for this test was deleted or replaced in the meantime; check again.'),
    ];
  return [...lines, wrong('reading an object', detail, failures[code].nextStep)];
};
