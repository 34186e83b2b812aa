import { type Answer, xmlAnswer } from './answer.ts';
import { checksumElements } from './checksums.ts';
import type { Context } from './context.ts';
import { objectHeaders } from './object-headers.ts';
import type { S3Request } from './request.ts';
import { S3Error } from './s3-error.ts';
import { findVersion } from './versions.ts';

const attributes = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'];

/**
 * What is asked for of an object, without its bytes.
 * @throws {S3Error} InvalidArgument
 * @see Amazon S3 API Reference, GetObjectAttributes
 */
export const getAttributes = async ({ store }: Context, request: S3Request): Promise<Answer> => {
  const { bucket: name, key, query, headers } = request;
  const bucket = store.bucket(name);
  const version = findVersion(bucket, key, query.get('versionId'));
  const wanted = (headers['x-amz-object-attributes'] ?? '').split(',').map((one) => one.trim());
  if (!wanted.every((one) => attributes.includes(one))) {
    const elements = { ArgumentName: 'x-amz-object-attributes', ArgumentValue: wanted.join(',') };
    throw new S3Error('InvalidArgument', { message: 'Invalid attribute name specified.', elements });
  }
  const { 'last-modified': modified, 'x-amz-version-id': id } = objectHeaders(bucket, version);
  const elements = {
    ETag: version.etag,
    Checksum: version.checksum && checksumElements(version.checksum),
    ObjectParts: version.partBytes && { PartsCount: version.partBytes.length },
    StorageClass: version.storageClass,
    ObjectSize: version.sizeBytes,
  };
  const found = Object.entries(elements).filter(([attribute]) => wanted.includes(attribute));
  return xmlAnswer('GetObjectAttributesResponse', Object.fromEntries(found), {
    'last-modified': modified,
    'x-amz-version-id': id,
  });
};
