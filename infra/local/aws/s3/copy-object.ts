import { isoTime, xmlAnswer } from './answer.ts';
import type { StoredVersion } from './bucket-index.ts';
import type { Call, Context, Headers, S3Request } from './call.ts';
import { checksumElements, parseAlgorithm } from './checksums.ts';
import { checkRead } from './conditions.ts';
import { refuseArchived } from './get-object.ts';
import { describe, writtenHeaders } from './object-headers.ts';
import { percentDecode } from './request.ts';
import { invalidArgument, invalidRequest, S3Error } from './s3-error.ts';
import { addObject, findVersion, versionHeader } from './versions.ts';

export const copyObject: Call = async (context, request) => {
  const { headers } = request;
  context.store.index.bucket(request.bucket);
  const { version: original, isTarget, answerHeaders } = copySource(context, request);
  const own = describe(headers);
  const replacesMetadata = isReplaced(headers, 'x-amz-metadata-directive');
  const changes = ['x-amz-storage-class', 'x-amz-server-side-encryption', 'x-amz-website-redirect-location'];
  // S3 refuses to copy an object onto itself without a change, but an older version is restored by copying it over the
  // newest one.
  if (isTarget && !replacesMetadata && changes.every((name) => headers[name] === undefined)) {
    throw invalidRequest(
      'This copy request is illegal because it is trying to copy an object to itself without changing anything of it.',
    );
  }
  const added = await addObject(context, request, {
    // Computed again: the copy of a multipart object is a single part, so its ETag and checksum cover all bytes.
    source: {
      bytes: context.store.read(original.file),
      algorithm: parseAlgorithm(headers['x-amz-checksum-algorithm']) ?? original.checksum.algorithm,
    },
    description: {
      headers: replacesMetadata ? own.headers : original.headers,
      tags: isReplaced(headers, 'x-amz-tagging-directive') ? own.tags : original.tags,
      storageClass: own.storageClass,
    },
    event: 'Copy',
  });
  const { etag, ...written } = writtenHeaders(added);
  const { modifiedMs, checksum } = added.version;
  return xmlAnswer(
    'CopyObjectResult',
    { ETag: etag, LastModified: isoTime(modifiedMs), ...checksumElements(checksum) },
    { ...answerHeaders, ...written },
  );
};

const isReplaced = (headers: Headers, directive: string): boolean => {
  const value = headers[directive] ?? 'COPY';
  if (value === 'COPY' || value === 'REPLACE') return value === 'REPLACE';
  throw invalidArgument(directive, value, 'Unknown directive.');
};

export interface CopySource {
  /** Whether the source is the newest version of the key that the copy is written to. */
  readonly isTarget: boolean;
  readonly version: StoredVersion;
  readonly answerHeaders: Headers;
}

/** The object that `x-amz-copy-source` names: `/bucket/key?versionId=...`, with bucket and key percent-encoded. */
export const copySource = ({ store }: Context, request: S3Request): CopySource => {
  const source = request.headers['x-amz-copy-source'] ?? '';
  const [name = '', versionId] = source.split(/\?versionId=(?=[^?]*$)/);
  const [, bucketName, key] = /^\/?([^/]+)\/(.+)$/s.exec(percentDecode(name)) ?? [];
  if (bucketName === undefined || key === undefined) {
    const message = 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey';
    throw invalidArgument('x-amz-copy-source', source, message);
  }
  const bucket = store.index.bucket(bucketName);
  const version = findVersion(store.index, bucketName, key, versionId);
  refuseArchived(version);
  if (checkRead(request.headers, version, 'x-amz-copy-source-') === 'not-modified') {
    throw new S3Error('PreconditionFailed', { elements: { Condition: 'x-amz-copy-source-If-None-Match' } });
  }
  const { 'x-amz-version-id': copied } = versionHeader(bucket, version.id);
  return {
    isTarget: bucketName === request.bucket && key === request.key && versionId === undefined,
    version,
    answerHeaders: { 'x-amz-copy-source-version-id': copied },
  };
};
