import { type Answer, isoTime, quoted, xmlAnswer } from './answer.ts';
import { checksumElement } from './checksums.ts';
import type { Context } from './context.ts';
import { owner } from './list-objects.ts';
import { countOf, listingQuery } from './listing.ts';
import { findUpload } from './multipart.ts';
import type { S3Request } from './request.ts';
import { compareKeys } from './sorted-keys.ts';

export const listParts = async (context: Context, request: S3Request): Promise<Answer> => {
  const { upload, parts } = findUpload(context, request);
  const { algorithm, storageClass, type } = upload;
  const marker = Number(request.query.get('part-number-marker') ?? 0);
  const maxParts = countOf(request.query, 'max-parts');
  const rest = [...parts].filter(([number]) => number > marker).sort(([a], [b]) => a - b);
  const page = rest.slice(0, maxParts);
  return xmlAnswer('ListPartsResult', {
    Bucket: request.bucket,
    Key: request.key,
    UploadId: upload.id,
    Initiator: owner,
    Owner: owner,
    StorageClass: storageClass,
    ...(algorithm && { ChecksumAlgorithm: algorithm, ChecksumType: type }),
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.[0] ?? 0,
    MaxParts: maxParts,
    IsTruncated: rest.length > page.length,
    Part: page.map(([number, { sizeBytes, etag, modifiedMs, checksum }]) => ({
      PartNumber: number,
      LastModified: isoTime(modifiedMs),
      ETag: quoted(etag),
      Size: sizeBytes,
      ...(algorithm && checksum && { [checksumElement(checksum.algorithm)]: checksum.value }),
    })),
  });
};

/** All of them on one page: a local stack never has a thousand open uploads. */
export const listUploads = async ({ store }: Context, { bucket: name, query }: S3Request): Promise<Answer> => {
  const { prefix, encode, encodingType, maxKeys } = listingQuery(query, 'max-uploads');
  const uploads = Array.from(store.bucket(name).uploads.values(), ({ upload }) => upload)
    .filter(({ key }) => key.startsWith(prefix))
    .sort((a, b) => compareKeys(a.key, b.key) || a.startedMs - b.startedMs);
  return xmlAnswer('ListMultipartUploadsResult', {
    Bucket: name,
    KeyMarker: '',
    UploadIdMarker: '',
    Prefix: encode(prefix),
    EncodingType: encodingType,
    MaxUploads: maxKeys,
    IsTruncated: false,
    Upload: uploads.map(({ key, id, startedMs, storageClass, algorithm, type }) => ({
      Key: encode(key),
      UploadId: id,
      Initiator: owner,
      Owner: owner,
      StorageClass: storageClass,
      Initiated: isoTime(startedMs),
      ...(algorithm && { ChecksumAlgorithm: algorithm, ChecksumType: type }),
    })),
  });
};
