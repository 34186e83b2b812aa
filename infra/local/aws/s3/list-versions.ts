import { type Answer, isoTime, quoted, xmlAnswer } from './answer.ts';
import type { Bucket, Version } from './bucket-index.ts';
import type { Context } from './context.ts';
import { owner } from './list-objects.ts';
import { invalidArgument, type Listed, listingQuery, pageOf } from './listing.ts';
import type { S3Request } from './request.ts';
import { compareKeys } from './sorted-keys.ts';

interface Entry {
  readonly key: string;
  readonly version: Version;
  readonly isLatest: boolean;
}

/** Of each key, the newest version first. */
const allVersions = function* (bucket: Bucket, start: string): Generator<readonly [string, Entry]> {
  for (const [key, versions] of bucket.keys.entriesFrom(start)) {
    for (const version of versions.toReversed()) yield [key, { key, version, isLatest: version === versions.at(-1) }];
  }
};

export const listVersions = async (context: Context, { bucket: name, query }: S3Request): Promise<Answer> => {
  const options = listingQuery(query);
  const { encode, prefix } = options;
  const bucket = context.store.bucket(name);
  const keyMarker = query.get('key-marker') ?? '';
  const idMarker = query.get('version-id-marker');
  if (idMarker !== undefined && keyMarker === '') {
    throw invalidArgument(
      'version-id-marker',
      idMarker,
      'A version-id marker cannot be specified without a key marker.',
    );
  }
  const ids = (bucket.keys.get(keyMarker) ?? []).map(({ id }) => id);
  const isAfter = (listed: Listed<Entry>): boolean => {
    const order = keyMarker === '' ? 1 : compareKeys(listed.key, keyMarker);
    if (order !== 0 || idMarker === undefined || 'group' in listed) return order > 0;
    return ids.indexOf(listed.entry.version.id) < ids.indexOf(idMarker);
  };
  const start = compareKeys(keyMarker, prefix) > 0 ? keyMarker : prefix;
  const page = pageOf(allVersions(bucket, start), options, isAfter);
  const next = page.isTruncated ? page.last : undefined;
  const all = page.entries.map(({ key, version, isLatest }) => ({
    isMarker: version.file === undefined,
    elements: {
      Key: encode(key),
      VersionId: version.id,
      IsLatest: isLatest,
      LastModified: isoTime(version.modifiedMs),
      ...(version.file !== undefined && {
        ETag: quoted(version.etag),
        ChecksumAlgorithm: version.checksum?.algorithm,
        ChecksumType: version.checksum?.type,
        Size: version.sizeBytes,
        StorageClass: version.storageClass,
      }),
      Owner: owner,
    },
  }));
  return xmlAnswer('ListVersionsResult', {
    Name: name,
    Prefix: encode(prefix),
    Delimiter: options.delimiter === '' ? undefined : encode(options.delimiter),
    KeyMarker: encode(keyMarker),
    VersionIdMarker: idMarker ?? '',
    NextKeyMarker: next && encode(next.key),
    NextVersionIdMarker: next && 'entry' in next ? next.entry.version.id : undefined,
    MaxKeys: options.maxKeys,
    EncodingType: options.encodingType,
    IsTruncated: page.isTruncated,
    Version: all.filter(({ isMarker }) => !isMarker).map(({ elements }) => elements),
    DeleteMarker: all.filter(({ isMarker }) => isMarker).map(({ elements }) => elements),
    CommonPrefixes: page.groups.map((group) => ({ Prefix: encode(group) })),
  });
};
