import { type ChecksumAlgorithm, CompleteMultipartUploadCommand } from '@aws-sdk/client-s3';
import { equal } from '../expect.ts';
import { crc32, crc32c, crc64nvme, md5, sha1, sha256, sha256Hex } from './checksum-values.ts';
import { answered, api, check, guide, refused, type S3, type S3Check } from './context.ts';

const integrity = guide('Checking object integrity for data uploads in Amazon S3');
const body = 'a CV';
const fiveMib = 5 * 1024 * 1024;

const algorithms = [
  { name: 'CRC32', header: 'x-amz-checksum-crc32', of: crc32 },
  { name: 'CRC32C', header: 'x-amz-checksum-crc32c', of: crc32c },
  { name: 'CRC64NVME', header: 'x-amz-checksum-crc64nvme', of: crc64nvme },
  { name: 'SHA1', header: 'x-amz-checksum-sha1', of: sha1 },
  { name: 'SHA256', header: 'x-amz-checksum-sha256', of: sha256 },
] as const;

/** An upload that must fail with this code and leave nothing. */
const rejects = (name: string, headers: Readonly<Record<string, string>>, code: string, payload?: string): S3Check =>
  check(name, integrity, async (s3, key) => {
    answered(await s3.raw('PUT', key, { body, headers, ...(payload !== undefined && { payload }) }), 400, code);
    await s3.isAbsent(key);
  });

const perAlgorithm = algorithms.flatMap(({ name, header, of }) => [
  check(`${name} is verified, kept, and reported with its type on request`, integrity, async (s3, key) => {
    const put = await s3.raw('PUT', key, { body, headers: { [header]: of(body) } });
    answered(put, 200);
    equal(put.headers[header], of(body), `${header} of PutObject`);
    for (const method of ['GET', 'HEAD']) {
      const { headers } = await s3.raw(method, key, { headers: { 'x-amz-checksum-mode': 'ENABLED' } });
      equal(headers[header], of(body), `${header} of ${method}`);
      equal(headers['x-amz-checksum-type'], 'FULL_OBJECT', `x-amz-checksum-type of ${method}`);
    }
  }),
  rejects(
    `A ${name} of other bytes answers 400 BadDigest and keeps nothing`,
    { [header]: of('other bytes') },
    'BadDigest',
  ),
]);

/** A first part of 5 MiB and a short second one. */
const twoParts = async (s3: S3, key: string, algorithm: ChecksumAlgorithm, more: object) => {
  const UploadId = await s3.startMultipart(key, { ChecksumAlgorithm: algorithm, ...more });
  const bodies = ['x'.repeat(fiveMib), 'the end'] as const;
  const field = `Checksum${algorithm}` as const;
  const of = algorithms.find(({ name }) => name === algorithm)?.of ?? crc32;
  const Parts: object[] = [];
  for (const [at, part] of bodies.entries()) {
    const checksum = algorithm === 'CRC64NVME' && part.length === fiveMib ? undefined : of(part);
    const fields = checksum === undefined ? { ChecksumAlgorithm: algorithm } : { [field]: checksum };
    const uploaded = await s3.uploadPart(key, UploadId, at + 1, part, fields);
    Parts.push({ ...uploaded, ...(checksum !== undefined && { [field]: checksum }) });
  }
  return { UploadId, Parts, bodies };
};

export const checksums: readonly S3Check[] = [
  ...perAlgorithm,
  check('Content-MD5 is verified', api('PutObject'), async (s3) => {
    const key = s3.key('md5');
    answered(await s3.raw('PUT', key, { body, headers: { 'content-md5': md5(body) } }), 200);
    equal((await s3.get(key)).text, body, 'body');
  }),
  rejects('A Content-MD5 of other bytes answers 400 BadDigest', { 'content-md5': md5('other bytes') }, 'BadDigest'),
  rejects('An invalid Content-MD5 answers 400 InvalidDigest', { 'content-md5': 'not base64!' }, 'InvalidDigest'),
  rejects(
    'A checksum of the wrong length answers 400 InvalidRequest',
    { 'x-amz-checksum-crc32': 'AAAA' },
    'InvalidRequest',
  ),
  rejects(
    'Two checksums in one request answer 400 InvalidRequest',
    { 'x-amz-checksum-crc32': crc32(body), 'x-amz-checksum-sha1': sha1(body) },
    'InvalidRequest',
  ),
  {
    ...rejects(
      'A body that differs from x-amz-content-sha256 answers 400 XAmzContentSHA256Mismatch',
      {},
      'XAmzContentSHA256Mismatch',
      sha256Hex('other bytes'),
    ),
    page: api('Error responses'),
  },
  check('An upload without a checksum gets a CRC64NVME', integrity, async (s3, key) => {
    await s3.put(key, body);
    const answer = await s3.head(key, { ChecksumMode: 'ENABLED' });
    equal(answer.ChecksumCRC64NVME, crc64nvme(body), 'CRC64NVME');
    equal(answer.ChecksumType, 'FULL_OBJECT', 'type');
  }),
  check('Checksums are reported only on request', api('GetObject'), async (s3, key) => {
    await s3.raw('PUT', key, { body, headers: { 'x-amz-checksum-sha256': sha256(body) } });
    const { headers } = await s3.raw('GET', key);
    equal(headers['x-amz-checksum-sha256'], undefined, 'x-amz-checksum-sha256');
  }),
  check('A part with the checksum of other bytes answers 400 BadDigest', api('UploadPart'), async (s3, key) => {
    const UploadId = await s3.startMultipart(key, { ChecksumAlgorithm: 'SHA256' });
    await refused(s3.uploadPart(key, UploadId, 1, body, { ChecksumSHA256: sha256('other') }), 400, 'BadDigest');
  }),
  check('A multipart SHA256 is the checksum of the checksums of the parts', integrity, async (s3, key) => {
    const { UploadId, Parts, bodies } = await twoParts(s3, key, 'SHA256', {});
    await s3.client.send(new CompleteMultipartUploadCommand({ ...s3.at(key), UploadId, MultipartUpload: { Parts } }));
    const answer = await s3.head(key, { ChecksumMode: 'ENABLED' });
    const ofParts = Buffer.concat(bodies.map((part) => Buffer.from(sha256(part), 'base64')));
    equal(answer.ChecksumSHA256, `${sha256(ofParts)}-2`, 'ChecksumSHA256');
    equal(answer.ChecksumType, 'COMPOSITE', 'type');
  }),
  check('A multipart CRC32 of the full object is that of all bytes', integrity, async (s3, key) => {
    const { UploadId, Parts, bodies } = await twoParts(s3, key, 'CRC32', { ChecksumType: 'FULL_OBJECT' });
    await s3.client.send(
      new CompleteMultipartUploadCommand({
        ...s3.at(key),
        UploadId,
        MultipartUpload: { Parts },
        ChecksumType: 'FULL_OBJECT',
      }),
    );
    const answer = await s3.head(key, { ChecksumMode: 'ENABLED' });
    equal(answer.ChecksumCRC32, crc32(bodies.join('')), 'ChecksumCRC32');
    equal(answer.ChecksumType, 'FULL_OBJECT', 'type');
  }),
  check('A wrong checksum of the full object fails CompleteMultipartUpload', integrity, async (s3, key) => {
    const UploadId = await s3.startMultipart(key, { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
    const part = await s3.uploadPart(key, UploadId, 1, body, { ChecksumCRC32: crc32(body) });
    await refused(
      s3.client.send(
        new CompleteMultipartUploadCommand({
          ...s3.at(key),
          UploadId,
          MultipartUpload: { Parts: [{ ...part, ChecksumCRC32: crc32(body) }] },
          ChecksumType: 'FULL_OBJECT',
          ChecksumCRC32: crc32('other'),
        }),
      ),
      400,
      'BadDigest',
    );
    await s3.isAbsent(key);
  }),
  check('A multipart upload without a checksum gets a CRC64NVME of all bytes', integrity, async (s3, key) => {
    const UploadId = await s3.startMultipart(key);
    const part = await s3.uploadPart(key, UploadId, 1, body);
    await s3.client.send(
      new CompleteMultipartUploadCommand({ ...s3.at(key), UploadId, MultipartUpload: { Parts: [part] } }),
    );
    const answer = await s3.head(key, { ChecksumMode: 'ENABLED' });
    equal(answer.ChecksumCRC64NVME, crc64nvme(body), 'CRC64NVME');
    equal(answer.ChecksumType, 'FULL_OBJECT', 'type');
  }),
];
