import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { equal } from '../expect.ts';
import { signedChunks, unsignedChunks } from './aws-chunked.ts';
import { crc32, sha256 } from './checksum-values.ts';
import { answered, api, check, type S3, type S3Check, silent } from './context.ts';
import type { RawRequest } from './raw-request.ts';

const chunkedUpload = api('Signature Calculations: Transferring Payload in Multiple Chunks (Chunked Upload)');
const trailingHeaders = api('Signature calculations for trailing headers (chunked uploads)');
const errors = api('Error responses');

/** 64 KiB is the minimum of a signed chunk, unless it is the last one. */
const long = 'x'.repeat(64 * 1024);
const body = `${long}the end`;
const chunks = [long, 'the end'];
const crc = { 'x-amz-checksum-crc32': crc32(body) };

const headersOf = (length: number | undefined, more: Readonly<Record<string, string>> = {}) => ({
  'content-encoding': 'aws-chunked',
  ...(length !== undefined && { 'x-amz-decoded-content-length': String(length) }),
  ...more,
});

const crcTrailer = (length: number | undefined, more: Readonly<Record<string, string>> = {}) =>
  headersOf(length, { 'x-amz-trailer': 'x-amz-checksum-crc32', ...more });

type Upload = Omit<Partial<RawRequest>, 'method' | 'path'>;

const whole = unsignedChunks(chunks, crc);
const unsigned = (text = whole, headers: Readonly<Record<string, string>> = crcTrailer(body.length)): Upload => ({
  payload: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  headers,
  body: text,
});

const arrives = (name: string, page: string, upload: Upload): S3Check =>
  check(name, page, async (s3, key) => {
    answered(await s3.raw('PUT', key, upload), 200);
    const { text, ContentEncoding } = await s3.get(key);
    equal(text === body, true, 'the decoded bytes');
    equal(ContentEncoding, undefined, 'Content-Encoding');
  });

/** S3 does not document the code for every broken body; all are errors of the client, and nothing is kept. */
const rejected = (name: string, page: string, upload: Upload, code?: string): S3Check =>
  check(name, page, async (s3, key) => {
    answered(await s3.raw('PUT', key, upload), code === 'MissingContentLength' ? 411 : 400, code);
    await s3.isAbsent(key);
  });

const streamUpload = async (s3: S3, key: string): Promise<void> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'cv-courier-'));
  const client = new S3Client({
    endpoint: s3.endpoint.href,
    forcePathStyle: true,
    maxAttempts: 1,
    logger: silent,
    ...s3.signing,
  });
  try {
    const file = path.join(folder, 'cv.pdf');
    await writeFile(file, body);
    await client.send(
      new PutObjectCommand({ ...s3.at(key), Body: createReadStream(file), ContentLength: body.length }),
    );
  } finally {
    client.destroy();
    await rm(folder, { recursive: true, force: true });
  }
};

export const chunked: readonly S3Check[] = [
  arrives('A chunked upload with an unsigned trailer', trailingHeaders, unsigned()),
  arrives('A chunked upload with signed chunks', chunkedUpload, {
    payload: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    headers: headersOf(body.length),
    body: signedChunks(chunks),
  }),
  arrives('A chunked upload with signed chunks and a signed trailer', trailingHeaders, {
    payload: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
    headers: crcTrailer(body.length),
    body: signedChunks(chunks, crc),
  }),
  arrives('A chunked upload whose network packets end anywhere', chunkedUpload, { ...unsigned(), pieceBytes: 1_021 }),
  check('A stream of the JavaScript SDK with its default checksum', trailingHeaders, async (s3, key) => {
    await streamUpload(s3, key);
    const answer = await s3.get(key, { ChecksumMode: 'ENABLED' });
    equal(answer.text === body, true, 'the decoded bytes');
    equal(answer.ChecksumCRC32, crc32(body), 'ChecksumCRC32');
  }),
  check('A checksum in a trailer is kept', trailingHeaders, async (s3, key) => {
    const headers = headersOf(body.length, { 'x-amz-trailer': 'x-amz-checksum-sha256' });
    const upload = unsigned(unsignedChunks(chunks, { 'x-amz-checksum-sha256': sha256(body) }), headers);
    answered(await s3.raw('PUT', key, upload), 200);
    equal((await s3.head(key, { ChecksumMode: 'ENABLED' })).ChecksumSHA256, sha256(body), 'ChecksumSHA256');
  }),
  check('aws-chunked is removed from Content-Encoding, the rest stays', chunkedUpload, async (s3, key) => {
    const headers = { ...crcTrailer(body.length), 'content-encoding': 'aws-chunked,gzip' };
    answered(await s3.raw('PUT', key, unsigned(whole, headers)), 200);
    equal((await s3.head(key)).ContentEncoding, 'gzip', 'Content-Encoding');
  }),
  check('A part may be uploaded in chunks', api('UploadPart'), async (s3, key) => {
    const query = { partNumber: '1', uploadId: await s3.startMultipart(key) };
    answered(await s3.raw('PUT', key, { ...unsigned(), query }), 200);
  }),
  rejected(
    'A trailer with the checksum of other bytes answers 400 BadDigest and keeps nothing',
    errors,
    unsigned(unsignedChunks(chunks, { 'x-amz-checksum-crc32': crc32('other bytes') })),
    'BadDigest',
  ),
  rejected(
    'An announced trailer that is missing answers 400 and keeps nothing',
    trailingHeaders,
    unsigned(unsignedChunks(chunks)),
  ),
  rejected(
    'Chunks with fewer bytes than announced answer 400 IncompleteBody and keep nothing',
    errors,
    unsigned(whole, crcTrailer(body.length + 5)),
    'IncompleteBody',
  ),
  rejected(
    'Chunks with more bytes than announced answer 400 and keep nothing',
    errors,
    unsigned(whole, crcTrailer(body.length - 5)),
  ),
  rejected(
    'A chunk with a wrong size answers 400 and keeps nothing',
    errors,
    unsigned(`4\r\nabcdefgh\r\n0\r\nx-amz-checksum-crc32:${crc32('abcd')}\r\n\r\n`, crcTrailer(4)),
  ),
  rejected(
    'A chunk size that is not a number answers 400 and keeps nothing',
    errors,
    unsigned(`zz\r\nabcd\r\n0\r\nx-amz-checksum-crc32:${crc32('abcd')}\r\n\r\n`, crcTrailer(4)),
  ),
  rejected('Chunks without the last one answer 400 and keep nothing', errors, unsigned('4\r\nabcd\r\n', crcTrailer(8))),
  rejected(
    'A chunked upload without its decoded length answers 411 MissingContentLength',
    chunkedUpload,
    unsigned(whole, crcTrailer(undefined)),
    'MissingContentLength',
  ),
  rejected('Bytes after the last chunk answer 400 and keep nothing', errors, unsigned(`${whole}more`)),
  rejected(
    'A trailer that was not announced answers 400 MalformedTrailerError and keeps nothing',
    errors,
    unsigned(whole, headersOf(body.length)),
    'MalformedTrailerError',
  ),
  rejected(
    'An unknown x-amz-content-sha256 answers 400 and keeps nothing',
    api('Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk'),
    { payload: 'nonsense', body: 'a CV' },
  ),
  check('A chunked upload that breaks off leaves nothing', api('PutObject'), async (s3, key) => {
    const broken = { contentLength: whole.length, breakOff: true };
    await s3.raw('PUT', key, { ...unsigned(whole.slice(0, 40_000)), ...broken });
    await wait(200);
    await s3.isAbsent(key);
  }),
];
