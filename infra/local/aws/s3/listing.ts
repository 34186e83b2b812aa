import { encodeEventKey } from '../../../../lib/upload/object-key.ts';
import type { Version } from './bucket-index.ts';
import { invalidArgument } from './s3-error.ts';
import type { Elements } from './xml.ts';

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
  if (/^\d{1,10}$/.test(text)) return Math.min(Number(text), maxPage);
  throw invalidArgument(name, text, `Provided ${name} not an integer or within integer range`);
};

export interface Page<V extends Version> {
  readonly entries: readonly V[];
  /** Common prefixes: each stands for all keys that share their beginning up to the delimiter. */
  readonly groups: readonly string[];
  /** The last entry or group, if there are more; where the next page starts. */
  readonly last?: { readonly key: string; readonly id?: string };
}

/**
 * One page of a listing.
 * @param versions in their order, from the prefix on and after `after`
 * @param after where the page before ended: a key, or a group whose keys are still among the versions
 */
export const pageOf = <V extends Version>(
  versions: Iterable<V>,
  { prefix, delimiter, maxKeys }: ListingQuery,
  after: string,
): Page<V> => {
  const entries: V[] = [];
  const groups: string[] = [];
  let last: Page<V>['last'];
  for (const version of versions) {
    const { key, id } = version;
    if (!key.startsWith(prefix)) break;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const group = end === -1 ? undefined : key.slice(0, end + delimiter.length);
    if (group !== undefined && (group === groups.at(-1) || after.startsWith(group))) continue;
    if (entries.length + groups.length === maxKeys) return { entries, groups, ...(last && { last }) };
    if (group === undefined) entries.push(version);
    else groups.push(group);
    last = group === undefined ? { key, id } : { key: group };
  }
  return { entries, groups };
};

/** What the three listings have in common. */
export const listingElements = (
  bucket: string,
  { prefix, delimiter, maxKeys, encode, encodingType }: ListingQuery,
  { groups, last }: Page<Version>,
): Elements => ({
  Name: bucket,
  Prefix: encode(prefix),
  Delimiter: delimiter === '' ? undefined : encode(delimiter),
  MaxKeys: maxKeys,
  EncodingType: encodingType,
  IsTruncated: last !== undefined,
  CommonPrefixes: groups.map((group) => ({ Prefix: encode(group) })),
});

export const owner = { ID: 'local', DisplayName: 'local' } as const;
