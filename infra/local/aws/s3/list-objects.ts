import { createHash } from 'node:crypto';
import { type Answer, isoTime, quoted, xmlAnswer } from './answer.ts';
import type { Bucket, Version } from './bucket-index.ts';
import type { Context } from './context.ts';
import { invalidArgument, type ListingQuery, listingQuery, type Page, pageOf } from './listing.ts';
import type { S3Request } from './request.ts';
import { compareKeys } from './sorted-keys.ts';
import type { Elements } from './xml.ts';

interface Entry {
  readonly key: string;
  readonly version: Version;
}

const currentEntries = function* (bucket: Bucket, start: string): Generator<readonly [string, Entry]> {
  for (const [key, versions] of bucket.keys.entriesFrom(start)) {
    const version = versions.at(-1);
    if (version?.file !== undefined) yield [key, { key, version }];
  }
};

const objectsAfter = (bucket: Bucket, options: ListingQuery, after: string): Page<Entry> => {
  const start = compareKeys(after, options.prefix) > 0 ? after : options.prefix;
  return pageOf(currentEntries(bucket, start), options, ({ key }) => after === '' || compareKeys(key, after) > 0);
};

export const listObjectsV2 = async (context: Context, { bucket: name, query }: S3Request): Promise<Answer> => {
  const options = listingQuery(query);
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after');
  const after = token === undefined ? (startAfter ?? '') : keyOfToken(token);
  const page = objectsAfter(context.store.bucket(name), options, after);
  const withOwner = query.get('fetch-owner') === 'true';
  return xmlAnswer('ListBucketResult', {
    ...head(name, options),
    KeyCount: page.entries.length + page.groups.length,
    IsTruncated: page.isTruncated,
    ContinuationToken: token,
    NextContinuationToken: page.isTruncated && page.last ? tokenOf(page.last.key) : undefined,
    StartAfter: startAfter === undefined ? undefined : options.encode(startAfter),
    ...contents(page, options, withOwner),
  });
};

export const listObjectsV1 = async (context: Context, { bucket: name, query }: S3Request): Promise<Answer> => {
  const options = listingQuery(query);
  const marker = query.get('marker') ?? '';
  const page = objectsAfter(context.store.bucket(name), options, marker);
  // Without a delimiter the last key says where the next page begins.
  const next = page.isTruncated && options.delimiter !== '' ? page.last : undefined;
  return xmlAnswer('ListBucketResult', {
    ...head(name, options),
    Marker: options.encode(marker),
    NextMarker: next && options.encode(next.key),
    IsTruncated: page.isTruncated,
    ...contents(page, options, true),
  });
};

const head = (name: string, { prefix, delimiter, maxKeys, encode, encodingType }: ListingQuery): Elements => ({
  Name: name,
  Prefix: encode(prefix),
  Delimiter: delimiter === '' ? undefined : encode(delimiter),
  MaxKeys: maxKeys,
  EncodingType: encodingType,
});

export const owner = { ID: 'local', DisplayName: 'local' } as const;

const contents = ({ entries, groups }: Page<Entry>, { encode }: ListingQuery, withOwner: boolean): Elements => ({
  Contents: entries.map(({ key, version }) => ({
    Key: encode(key),
    LastModified: isoTime(version.modifiedMs),
    ETag: quoted(version.etag),
    ...(version.checksum && { ChecksumAlgorithm: version.checksum.algorithm, ChecksumType: version.checksum.type }),
    Size: version.sizeBytes,
    StorageClass: version.storageClass,
    ...(withOwner && { Owner: owner }),
  })),
  CommonPrefixes: groups.map((group) => ({ Prefix: encode(group) })),
});

const seal = (key: string): string => createHash('sha256').update(key).digest('base64url').slice(0, 16);

/** Opaque to callers, and valid across restarts. The seal distinguishes our tokens from others. */
const tokenOf = (key: string): string => seal(key) + Buffer.from(key).toString('base64url');

const keyOfToken = (token: string): string => {
  const key = Buffer.from(token.slice(16), 'base64url').toString('utf8');
  if (token.slice(0, 16) === seal(key) && key !== '') return key;
  throw invalidArgument('continuation-token', token, 'The continuation token provided is incorrect');
};
