import { encodeEventKey } from '../../../../lib/upload/object-key.ts';
import { S3Error } from './s3-error.ts';

/** An entry under its key, or the keys that share their beginning up to the delimiter. */
export type Listed<T> = { readonly key: string; readonly entry: T } | { readonly key: string; readonly group: true };

export interface Page<T> {
  readonly entries: readonly T[];
  readonly groups: readonly string[];
  readonly isTruncated: boolean;
  readonly last?: Listed<T>;
}

/**
 * One page of a listing.
 * @param entries in their order, from `prefix` on
 * @param isAfter whether an entry, or a whole group, comes after what earlier pages had
 */
export const pageOf = <T>(
  entries: Iterable<readonly [key: string, entry: T]>,
  { prefix, delimiter, maxKeys }: { readonly prefix: string; readonly delimiter: string; readonly maxKeys: number },
  isAfter: (listed: Listed<T>) => boolean,
): Page<T> => {
  const found: T[] = [];
  const groups: string[] = [];
  let last: Listed<T> | undefined;
  if (maxKeys === 0) return { entries: found, groups, isTruncated: false };
  for (const [key, entry] of entries) {
    if (!key.startsWith(prefix)) break;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const group = end === -1 ? undefined : key.slice(0, end + delimiter.length);
    if (group !== undefined && group === groups.at(-1)) continue;
    const listed: Listed<T> = group === undefined ? { key, entry } : { key: group, group: true };
    if (!isAfter(listed)) continue;
    if (found.length + groups.length === maxKeys)
      return { entries: found, groups, isTruncated: true, ...(last && { last }) };
    if (group === undefined) found.push(entry);
    else groups.push(group);
    last = listed;
  }
  return { entries: found, groups, isTruncated: false, ...(last && { last }) };
};

export interface ListingQuery {
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  /** Writes keys into the answer: with `encoding-type=url` as events have them, since XML cannot hold all characters. */
  readonly encode: (key: string) => string;
  readonly encodingType: string | undefined;
}

export const listingQuery = (query: ReadonlyMap<string, string>, sizeName = 'max-keys'): ListingQuery => {
  const encodingType = query.get('encoding-type');
  if (encodingType !== undefined && encodingType !== 'url') {
    throw invalidArgument('encoding-type', encodingType, 'Invalid Encoding Method specified in Request');
  }
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    maxKeys: countOf(query, sizeName),
    encode: encodingType === 'url' ? encodeEventKey : (key) => key,
    encodingType,
  };
};

/** At most 1,000, whatever was asked for. */
const maxPage = 1_000;

export const countOf = (query: ReadonlyMap<string, string>, name: string): number => {
  const text = query.get(name) || String(maxPage);
  if (!/^\d{1,10}$/.test(text))
    throw invalidArgument(name, text, `Provided ${name} not an integer or within integer range`);
  return Math.min(Number(text), maxPage);
};

export const invalidArgument = (name: string, value: string, message: string): S3Error =>
  new S3Error('InvalidArgument', { message, elements: { ArgumentName: name, ArgumentValue: value } });
