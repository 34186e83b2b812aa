import { isoTime, quoted, xmlAnswer } from './answer.ts';
import type { MultipartUpload } from './bucket-index.ts';
import type { Call } from './call.ts';
import { checksumElement } from './checksums.ts';
import { countOf, keyEncoder, numberOf, owner } from './listing.ts';
import { findUpload } from './multipart.ts';

const uploadElements = ({ id, storageClass, algorithm, type }: MultipartUpload) => ({
  UploadId: id,
  Initiator: owner,
  Owner: owner,
  StorageClass: storageClass,
  ...(algorithm && { ChecksumAlgorithm: algorithm, ChecksumType: type }),
});

export const listParts: Call = (context, request) => {
  const upload = findUpload(context, request);
  const marker = numberOf(request.query, 'part-number-marker', 0);
  const maxParts = countOf(request.query, 'max-parts');
  const rest = context.store.index.parts(upload.id).filter(({ number }) => number > marker);
  const page = rest.slice(0, maxParts);
  return xmlAnswer('ListPartsResult', {
    Bucket: request.bucket,
    Key: request.key,
    ...uploadElements(upload),
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: maxParts,
    IsTruncated: rest.length > page.length,
    Part: page.map(({ number, sizeBytes, etag, modifiedMs, checksum }) => ({
      PartNumber: number,
      LastModified: isoTime(modifiedMs),
      ETag: quoted(etag),
      Size: sizeBytes,
      ...(upload.algorithm && { [checksumElement(checksum.algorithm)]: checksum.value }),
    })),
  });
};

/** Lists all uploads on one page: a local stack never has a thousand open ones. */
export const listUploads: Call = ({ store }, { bucket, query }) => {
  store.index.bucket(bucket);
  const encode = keyEncoder(query);
  const prefix = query.get('prefix') ?? '';
  const uploads = store.index.uploads(bucket).filter(({ key }) => key.startsWith(prefix));
  return xmlAnswer('ListMultipartUploadsResult', {
    Bucket: bucket,
    KeyMarker: '',
    UploadIdMarker: '',
    Prefix: encode(prefix),
    EncodingType: query.get('encoding-type'),
    MaxUploads: countOf(query, 'max-uploads'),
    IsTruncated: false,
    Upload: uploads.map((upload) => ({
      Key: encode(upload.key),
      Initiated: isoTime(upload.startedMs),
      ...uploadElements(upload),
    })),
  });
};
