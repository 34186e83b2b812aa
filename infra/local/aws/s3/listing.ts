import { encodeEventKey } from '../../../../lib/upload/object-key.ts';
import { isoTime, quoted, xmlAnswer } from './answer.ts';
import type { BucketIndex, ListedVersion } from './bucket-index.ts';
import type { Call, S3Request } from './call.ts';
import { invalidArgument } from './s3-error.ts';
import type { Elements } from './xml.ts';

type Query = S3Request['query'];

/**
 * Encodes keys for the answer. With `encoding-type=url` they are encoded as in events, since XML cannot represent every
 * character.
 */
export const keyEncoder = (query: Query): ((key: string) => string) =>
  query.get('encoding-type') === 'url' ? encodeEventKey : (key) => key;

/** S3 never returns more than 1,000. */
const maxPage = 1_000;

export const countOf = (query: Query, name: string): number => Math.min(numberOf(query, name, maxPage), maxPage);

export const numberOf = (query: Query, name: string, absent: number): number => {
  const text = query.get(name) || String(absent);
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw invalidArgument(name, text, `Provided ${name} not an integer or within integer range`);
};

export const owner = { ID: 'local', DisplayName: 'local' } as const;

interface Page {
  readonly entries: readonly ListedVersion[];
  /** Common prefixes: each stands for all keys with the same beginning up to the delimiter. */
  readonly groups: readonly string[];
  /** The last entry or group when there are more: the next page starts after it. */
  readonly last?: { readonly key: string; readonly id?: string };
}

/**
 * @param versions in order, starting with the prefix and after `after`
 * @param after the end of the previous page: a key, or a group whose keys are still among the versions
 */
const pageOf = (versions: Iterable<ListedVersion>, query: Query, after: string): Page => {
  const [prefix = '', delimiter = ''] = [query.get('prefix'), query.get('delimiter')];
  const maxKeys = countOf(query, 'max-keys');
  const entries: ListedVersion[] = [];
  const groups: string[] = [];
  let last: Page['last'];
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

const currentObjects = function* (versions: Iterable<ListedVersion>): Generator<ListedVersion> {
  for (const version of versions) if (version.isLatest && version.file !== undefined) yield version;
};

/** One page, and the XML elements that all three listings share. */
const listed = (
  index: BucketIndex,
  { bucket, query }: S3Request,
  kind: 'objects' | 'versions',
  after = '',
  afterNumber = 0,
) => {
  index.bucket(bucket);
  const versions = index.versions(bucket, query.get('prefix') ?? '', after, afterNumber);
  const page = pageOf(kind === 'objects' ? currentObjects(versions) : versions, query, after);
  const encode = keyEncoder(query);
  const encoded = (name: string) => (query.get(name) ? encode(query.get(name) ?? '') : undefined);
  const elements = {
    Name: bucket,
    Prefix: encoded('prefix') ?? '',
    Delimiter: encoded('delimiter'),
    MaxKeys: countOf(query, 'max-keys'),
    EncodingType: query.get('encoding-type'),
    IsTruncated: page.last !== undefined,
    CommonPrefixes: page.groups.map((group) => ({ Prefix: encode(group) })),
  };
  return { ...page, elements, encode, encoded };
};

const contentElements = (version: ListedVersion): Elements => ({
  LastModified: isoTime(version.modifiedMs),
  ...(version.file !== undefined && {
    ETag: quoted(version.etag),
    ChecksumAlgorithm: version.checksum.algorithm,
    ChecksumType: version.checksum.type,
    Size: version.sizeBytes,
    StorageClass: version.storageClass,
  }),
});

export const listObjectsV2: Call = ({ store }, request) => {
  const { query } = request;
  const token = query.get('continuation-token');
  const after = token === undefined ? query.get('start-after') : keyOfToken(token);
  const { entries, groups, last, elements, encode, encoded } = listed(store.index, request, 'objects', after);
  const withOwner = query.get('fetch-owner') === 'true' && { Owner: owner };
  return xmlAnswer('ListBucketResult', {
    ...elements,
    KeyCount: entries.length + groups.length,
    ContinuationToken: token,
    NextContinuationToken: last && tokenOf(last.key),
    StartAfter: encoded('start-after'),
    Contents: entries.map((entry) => ({ Key: encode(entry.key), ...contentElements(entry), ...withOwner })),
  });
};

export const listObjectsV1: Call = ({ store }, request) => {
  const marker = request.query.get('marker');
  const { entries, last, elements, encode, encoded } = listed(store.index, request, 'objects', marker);
  return xmlAnswer('ListBucketResult', {
    ...elements,
    Marker: encoded('marker') ?? '',
    // Without a delimiter, S3 omits NextMarker: the last key marks the next page.
    NextMarker: elements.Delimiter && last && encode(last.key),
    Contents: entries.map((entry) => ({ Key: encode(entry.key), ...contentElements(entry), Owner: owner })),
  });
};

export const listVersions: Call = ({ store }, request) => {
  const [keyMarker, idMarker = ''] = [request.query.get('key-marker'), request.query.get('version-id-marker')];
  if (idMarker !== '' && !keyMarker) {
    const message = 'A version-id marker cannot be specified without a key marker.';
    throw invalidArgument('version-id-marker', idMarker, message);
  }
  const number = idMarker === '' ? 0 : store.index.numberOf(request.bucket, keyMarker ?? '', idMarker);
  if (number === undefined) throw invalidArgument('version-id-marker', idMarker, 'Invalid version id specified');
  const { entries, last, elements, encode, encoded } = listed(store.index, request, 'versions', keyMarker, number);
  const elementsOf = (found: readonly ListedVersion[] = []) =>
    found.map((version) => ({
      Key: encode(version.key),
      VersionId: version.id,
      IsLatest: version.isLatest,
      ...contentElements(version),
      Owner: owner,
    }));
  return xmlAnswer('ListVersionsResult', {
    ...elements,
    KeyMarker: encoded('key-marker') ?? '',
    VersionIdMarker: idMarker,
    NextKeyMarker: last && encode(last.key),
    NextVersionIdMarker: last?.id,
    Version: elementsOf(entries.filter(({ file }) => file !== undefined)),
    DeleteMarker: elementsOf(entries.filter(({ file }) => file === undefined)),
  });
};

/** Opaque to callers, and valid across restarts. The first word marks tokens of this server. */
const tokenOf = (key: string): string => Buffer.from(`after ${key}`).toString('base64url');

const keyOfToken = (token: string): string => {
  const [, key] = /^after (.+)$/s.exec(Buffer.from(token, 'base64url').toString('utf8')) ?? [];
  if (key !== undefined) return key;
  throw invalidArgument('continuation-token', token, 'The continuation token provided is incorrect');
};
