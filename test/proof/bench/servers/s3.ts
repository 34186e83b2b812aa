import { createServer } from 'node:http';
import { crc64nvmeOf, etagOf, sizeIn } from '../workload.ts';
import { sendObject, serve } from './serve.ts';

/**
 * Answers GetObject for every key that contains a size. It keeps one block in memory, whatever the size.
 * Checksums are those of S3 for an object that was put without one: MD5 as the entity tag and, for callers that ask for it
 * (the AWS SDK does by default), CRC64NVME.
 * @see Amazon S3 User Guide, "Checking object integrity"
 */
const server = createServer(async (request, response) => {
  const sizeBytes = sizeIn(request.url ?? '');
  if ((request.method !== 'GET' && request.method !== 'HEAD') || Number.isNaN(sizeBytes)) {
    response.writeHead(404).end();
    return;
  }
  const { etag, crc64nvme } = await checksums(sizeBytes);
  response.writeHead(200, {
    'content-type': 'application/pdf',
    'content-length': sizeBytes,
    etag: `"${etag}"`,
    ...(request.headers['x-amz-checksum-mode'] === 'ENABLED' && {
      'x-amz-checksum-crc64nvme': crc64nvme,
      'x-amz-checksum-type': 'FULL_OBJECT',
    }),
    'last-modified': 'Mon, 05 Jan 2026 09:00:00 GMT',
    'x-amz-request-id': 'bench',
  });
  await sendObject(response, request.method === 'GET' ? sizeBytes : 0);
});

const known = new Map<number, Promise<{ etag: string; crc64nvme: string }>>();
const checksums = (sizeBytes: number): Promise<{ etag: string; crc64nvme: string }> => {
  const computed =
    known.get(sizeBytes) ?? crc64nvmeOf(sizeBytes).then((crc64nvme) => ({ etag: etagOf(sizeBytes), crc64nvme }));
  known.set(sizeBytes, computed);
  return computed;
};

serve(server);
