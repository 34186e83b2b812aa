import { isoTime, xmlAnswer } from './answer.ts';
import type { Call, Headers } from './call.ts';
import { checksumElements, parseAlgorithm } from './checksums.ts';
import { checkWrite } from './conditions.ts';
import { copySource } from './copy-source.ts';
import { describe, writtenHeaders } from './object-headers.ts';
import { invalidArgument, invalidRequest } from './s3-error.ts';
import { addObject } from './versions.ts';

export const copyObject: Call = async (context, request) => {
  const { bucket, key, headers } = request;
  context.store.index.bucket(bucket);
  const { version: original, isTarget, answerHeaders } = copySource(context, request);
  const own = describe(headers);
  const replacesMetadata = isReplaced(headers, 'x-amz-metadata-directive');
  const changes = ['x-amz-storage-class', 'x-amz-server-side-encryption', 'x-amz-website-redirect-location'];
  // An older version may be copied over the newest one: so it is restored.
  if (isTarget && !replacesMetadata && changes.every((name) => headers[name] === undefined)) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const added = await addObject(context, {
    bucket,
    key,
    // Read again, because the copy of an object of parts is one part: its ETag and checksum are those of the whole.
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
    accept: (content) => {
      checkWrite(context.store.index, request);
      return content;
    },
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
