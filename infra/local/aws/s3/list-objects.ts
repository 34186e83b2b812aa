import { createHash } from 'node:crypto';
import { isoTime, quoted, xmlAnswer } from './answer.ts';
import type { BucketIndex, StoredVersion } from './bucket-index.ts';
import type { Call, S3Request } from './call.ts';
import { listingElements, listingQuery, owner, pageOf } from './listing.ts';
import { invalidArgument } from './s3-error.ts';
import type { Elements } from './xml.ts';

const currentObjects = function* (index: BucketIndex, bucket: string, prefix: string, after: string) {
  for (const version of index.versions(bucket, prefix, after)) {
    if (version.isLatest && version.file !== undefined) yield version;
  }
};

const listObjects = (index: BucketIndex, { bucket, query }: S3Request, after: string, withOwner: boolean) => {
  index.bucket(bucket);
  const options = listingQuery(query);
  const page = pageOf(currentObjects(index, bucket, options.prefix, after), options, after);
  const Contents = page.entries.map((version) => ({
    Key: options.encode(version.key),
    ...contentElements(version),
    ...(withOwner && { Owner: owner }),
  }));
  return { options, page, elements: { ...listingElements(bucket, options, page), Contents } };
};

/** Of an object in a listing. */
export const contentElements = ({ etag, checksum, sizeBytes, storageClass, modifiedMs }: StoredVersion): Elements => ({
  LastModified: isoTime(modifiedMs),
  ETag: quoted(etag),
  ChecksumAlgorithm: checksum.algorithm,
  ChecksumType: checksum.type,
  Size: sizeBytes,
  StorageClass: storageClass,
});

export const listObjectsV2: Call = ({ store }, request) => {
  const { query } = request;
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after');
  const after = token === undefined ? (startAfter ?? '') : keyOfToken(token);
  const { options, page, elements } = listObjects(store.index, request, after, query.get('fetch-owner') === 'true');
  return xmlAnswer('ListBucketResult', {
    ...elements,
    KeyCount: page.entries.length + page.groups.length,
    ContinuationToken: token,
    NextContinuationToken: page.last && tokenOf(page.last.key),
    StartAfter: startAfter === undefined ? undefined : options.encode(startAfter),
  });
};

export const listObjectsV1: Call = ({ store }, request) => {
  const marker = request.query.get('marker') ?? '';
  const { options, page, elements } = listObjects(store.index, request, marker, true);
  // Without a delimiter the last key says where the next page begins.
  const next = options.delimiter === '' ? undefined : page.last;
  return xmlAnswer('ListBucketResult', {
    ...elements,
    Marker: options.encode(marker),
    NextMarker: next && options.encode(next.key),
  });
};

const seal = (key: string): string => createHash('sha256').update(key).digest('base64url').slice(0, 16);

/** Opaque to callers, and valid across restarts. The seal distinguishes our tokens from others. */
const tokenOf = (key: string): string => seal(key) + Buffer.from(key).toString('base64url');

const keyOfToken = (token: string): string => {
  const key = Buffer.from(token.slice(16), 'base64url').toString('utf8');
  if (token.slice(0, 16) === seal(key) && key !== '') return key;
  throw invalidArgument('continuation-token', token, 'The continuation token provided is incorrect');
};
