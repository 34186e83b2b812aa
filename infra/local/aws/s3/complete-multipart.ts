import { createHash } from 'node:crypto';
import { xmlAnswer } from './answer.ts';
import type { Part } from './bucket-index.ts';
import type { Call, Context, Headers } from './call.ts';
import { type Checksum, checksumElements, checksumHeader, compositeOf } from './checksums.ts';
import { checkWrite } from './conditions.ts';
import { findUpload } from './multipart.ts';
import { namedParts } from './named-parts.ts';
import { writtenHeaders } from './object-headers.ts';
import { badChecksum } from './sent-checksum.ts';
import { addObject } from './versions.ts';

export const completeUpload: Call = async (context, request) => {
  const { bucket, key, headers } = request;
  const upload = findUpload(context, request);
  const { algorithm = 'CRC64NVME', type } = upload;
  const parts = await namedParts(context, request, upload);
  const composite = await compositeOf(
    algorithm,
    parts.map(({ checksum }) => checksum.value),
  );
  const added = await addObject(context, {
    bucket,
    key,
    source: { bytes: bytesOf(context, parts), algorithm },
    description: upload,
    event: 'CompleteMultipartUpload',
    accept: ({ sizeBytes, checksum: full }) => {
      // Another call may have completed or aborted it meanwhile.
      const { id } = findUpload(context, request);
      checkWrite(context.store.index, request);
      const checksum = type === 'FULL_OBJECT' ? full : { algorithm, value: composite, type };
      checkWhole(headers, checksum);
      context.store.index.deleteUpload(id);
      return { sizeBytes, etag: etagOf(parts), checksum };
    },
  });
  const { etag, 'x-amz-version-id': id } = writtenHeaders(added);
  return xmlAnswer(
    'CompleteMultipartUploadResult',
    {
      Location: `http://${headers.host}${request.path}`,
      Bucket: bucket,
      Key: key,
      ETag: etag,
      ...checksumElements(added.version.checksum),
    },
    { 'x-amz-version-id': id },
  );
};

const bytesOf = async function* ({ store }: Context, parts: readonly Part[]): AsyncGenerator<Uint8Array> {
  for (const { file } of parts) yield* store.read(file);
};

/** The MD5 of the parts' MD5s, and how many there are. */
const etagOf = (parts: readonly Part[]): string => {
  const md5 = createHash('md5');
  for (const { etag } of parts) md5.update(etag, 'hex');
  return `${md5.digest('hex')}-${parts.length}`;
};

/** A composite checksum may be sent without the number of parts. */
const checkWhole = (headers: Headers, { algorithm, value }: Checksum): void => {
  const sent = headers[checksumHeader(algorithm)];
  if (sent !== undefined && sent !== value && sent !== value.replace(/-\d+$/, '')) throw badChecksum(algorithm);
};
