import type { ListedObject, ListedPage, ListRange } from '../../lib/upload/storage.ts';

/** Moves surrogates after all other code units, so that code units sort like the bytes of their UTF-8. */
const rankOf = (unit: number): number => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit);

/** S3 lists by the bytes of the keys' UTF-8; JavaScript compares by UTF-16. Makes no buffers: worlds hold 100,000 keys. */
const inBytes = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const difference = rankOf(a.charCodeAt(index)) - rankOf(b.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
};

/** S3's tokens cannot be distinguished from keys; these can, so that a mix-up fails. */
const tokenAfter = (name: string): string => `token:${name}`;

const nameIn = (token: string): string => {
  if (!token.startsWith('token:')) throw new Error('This is not a token of a listing.');
  return token.slice('token:'.length);
};

export const inKeyOrder = (objects: readonly ListedObject[]): readonly ListedObject[] =>
  objects.toSorted((a, b) => inBytes(a.key, b.key));

/** The page that S3 shows of these objects, which are in key order: at most `size` objects and folders. */
export const listedPage = (all: readonly ListedObject[], range: ListRange, size = 1_000): ListedPage => {
  const { prefix, afterKey = '', token, delimiter } = range;
  const after = token === undefined ? afterKey : nameIn(token);
  const folderOf = ({ key }: ListedObject): string | undefined => {
    const end = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
    return end === -1 ? undefined : key.slice(0, end + (delimiter ?? '').length);
  };
  const shown = new Map<string, ListedObject | undefined>();
  for (const object of all) {
    if (!object.key.startsWith(prefix) || inBytes(object.key, after) <= 0) continue;
    const folder = folderOf(object);
    const name = folder ?? object.key;
    if (shown.has(name) || (folder !== undefined && after.startsWith(folder))) continue;
    if (shown.size === size) return { ...split(shown), next: tokenAfter([...shown.keys()].at(-1) ?? '') };
    shown.set(name, folder === undefined ? object : undefined);
  }
  return split(shown);
};

const split = (shown: ReadonlyMap<string, ListedObject | undefined>): ListedPage => ({
  objects: [...shown.values()].flatMap((object) => object ?? []),
  folders: [...shown].flatMap(([name, object]) => (object ? [] : [name])),
});
