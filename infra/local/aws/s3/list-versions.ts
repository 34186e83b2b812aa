import { isoTime, xmlAnswer } from './answer.ts';
import type { Call } from './call.ts';
import { contentElements } from './list-objects.ts';
import { listingElements, listingQuery, owner, pageOf } from './listing.ts';
import { invalidArgument } from './s3-error.ts';

export const listVersions: Call = ({ store: { index } }, { bucket, query }) => {
  index.bucket(bucket);
  const options = listingQuery(query);
  const { encode, prefix } = options;
  const keyMarker = query.get('key-marker') ?? '';
  const idMarker = query.get('version-id-marker') ?? '';
  if (idMarker !== '' && keyMarker === '') {
    const message = 'A version-id marker cannot be specified without a key marker.';
    throw invalidArgument('version-id-marker', idMarker, message);
  }
  const page = pageOf(index.versions(bucket, prefix, keyMarker, idMarker), options, keyMarker);
  const entries = page.entries.map((version) => ({
    isMarker: version.file === undefined,
    elements: {
      Key: encode(version.key),
      VersionId: version.id,
      IsLatest: version.isLatest,
      Owner: owner,
      ...(version.file === undefined ? { LastModified: isoTime(version.modifiedMs) } : contentElements(version)),
    },
  }));
  const elementsOf = (markers: boolean) =>
    entries.filter(({ isMarker }) => isMarker === markers).map(({ elements }) => elements);
  return xmlAnswer('ListVersionsResult', {
    ...listingElements(bucket, options, page),
    KeyMarker: encode(keyMarker),
    VersionIdMarker: idMarker,
    NextKeyMarker: page.last && encode(page.last.key),
    NextVersionIdMarker: page.last?.id,
    Version: elementsOf(false),
    DeleteMarker: elementsOf(true),
  });
};
