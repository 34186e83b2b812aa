import { nextStepOfRequest } from '../../failures/advice.ts';
import type { Storage } from '../../upload/storage.ts';
import { count } from '../count.ts';
import { type CheckLine, fine, notTested, wrong } from './check-line.ts';
import { objectsIn, type WatchedFolder } from './watched-folders.ts';

/** Checks that the watched folders can be listed and that one object can be opened, as in a delivery. */
export const checkBucket = async (
  bucket: string,
  folders: readonly WatchedFolder[],
  signal: AbortSignal,
  storage: Pick<Storage, 'open'>,
): Promise<readonly CheckLine[]> => [
  ...folders.map((folder) => folderLine(bucket, folder)),
  await readingLine(bucket, folders, signal, storage),
];

const folderLine = (bucket: string, { prefix, page }: WatchedFolder): CheckLine => {
  const what = prefix === '' ? 'bucket' : `bucket, folder ${prefix}`;
  if (!page.ok)
    return wrong(what, `${bucket} cannot be listed. ${page.error.detail}`, nextStepOfRequest(page.error.code));
  const { objects, next } = page.value;
  const more = next === undefined ? '' : ', and there are more';
  return fine(what, `${bucket} can be listed: ${count(objects.length, 'object')}${more}.`);
};

const readingLine = async (
  bucket: string,
  folders: readonly WatchedFolder[],
  signal: AbortSignal,
  storage: Pick<Storage, 'open'>,
): Promise<CheckLine> => {
  const what = 'reading an object';
  const [sample] = objectsIn(folders);
  if (!sample) return notTested(what, 'There is no object to test with yet.');
  const opened = await storage.open({ bucket, ...sample }, signal);
  if (opened.ok) {
    opened.value.close();
    return fine(what, 'An object could be opened.');
  }
  const { code, detail } = opened.error;
  if (code === 'OBJECT_DELETED' || code === 'OBJECT_REPLACED')
    return notTested(what, 'The object for this test was deleted or replaced in the meantime. Check again.');
  return wrong(what, detail, nextStepOfRequest(code));
};
