import { type Answer, isoTime, quoted, xmlAnswer } from './answer.ts';
import type { Description } from './bucket-index.ts';
import { checksumElements, parseAlgorithm } from './checksums.ts';
import { checkWrite } from './conditions.ts';
import type { Context } from './context.ts';
import { type CopySource, copySource } from './copy-source.ts';
import { describe, newVersionHeader, storageClassOf } from './object-headers.ts';
import type { S3Request } from './request.ts';
import { S3Error } from './s3-error.ts';
import { addVersion, currentVersion } from './versions.ts';

export const copyObject = async (context: Context, request: S3Request): Promise<Answer> => {
  const { bucket: name, key, headers } = request;
  context.store.bucket(name);
  const source = copySource(context, request);
  refuseCopyWithoutChange(request, source);
  const description = descriptionOfCopy(request, source);
  const algorithm =
    parseAlgorithm(headers['x-amz-checksum-algorithm']) ?? source.version.checksum?.algorithm ?? 'CRC64NVME';
  // Read again, because the copy of an object of parts is one part: its ETag and checksum are those of the whole.
  const {
    md5: etag,
    checksums,
    ...staged
  } = await context.store.stage(context.store.read(source.version.file), [algorithm]);
  const { bucket, version } = await addVersion(context, name, key, {
    ...staged,
    etag,
    checksum: { algorithm, value: checksums.get(algorithm) ?? '', type: 'FULL_OBJECT' },
    description,
    event: 'Copy',
    check: (target) => checkWrite(headers, key, currentVersion(target, key)),
  });
  return xmlAnswer(
    'CopyObjectResult',
    { ETag: quoted(etag), LastModified: isoTime(version.modifiedMs), ...checksumElements(version.checksum) },
    { ...source.answerHeaders, ...newVersionHeader(bucket, version.id), 'x-amz-server-side-encryption': 'AES256' },
  );
};

const directive = ({ headers }: S3Request, name: string): 'COPY' | 'REPLACE' => {
  const value = headers[name] ?? 'COPY';
  if (value === 'COPY' || value === 'REPLACE') return value;
  const elements = { ArgumentName: name, ArgumentValue: value };
  throw new S3Error('InvalidArgument', { message: 'Unknown directive.', elements });
};

const descriptionOfCopy = (request: S3Request, { version }: CopySource): Description => {
  const own = describe(request.headers);
  return {
    headers: directive(request, 'x-amz-metadata-directive') === 'REPLACE' ? own.headers : version.headers,
    tags: directive(request, 'x-amz-tagging-directive') === 'REPLACE' ? own.tags : version.tags,
    storageClass: storageClassOf(request.headers),
  };
};

/** An older version may be copied over the newest one: so it is restored. */
const refuseCopyWithoutChange = (request: S3Request, { bucket, key, versionId }: CopySource): void => {
  const isInPlace = bucket.name === request.bucket && key === request.key && versionId === undefined;
  const changes = [
    directive(request, 'x-amz-metadata-directive') === 'REPLACE',
    request.headers['x-amz-storage-class'] !== undefined,
    request.headers['x-amz-server-side-encryption'] !== undefined,
    request.headers['x-amz-website-redirect-location'] !== undefined,
  ];
  if (!isInPlace || changes.includes(true)) return;
  throw new S3Error('InvalidRequest', {
    message:
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  });
};
