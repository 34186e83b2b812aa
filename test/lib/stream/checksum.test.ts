import { describe, expect, test } from 'vitest';
import { type ChecksumFacts, checksumOf, identityOf, startDigest } from '../../../lib/stream/checksum.ts';

/** Check values of "123456789" and "abc", as the catalogues of checksum algorithms and NIST publish them. */
const known = {
  CRC32: { text: '123456789', facts: { crc32: 'y/Q5Jg==' } }, // cbf43926
  CRC64NVME: { text: '123456789', facts: { crc64nvme: 'rosUhgp5mIg=' } }, // ae8b14860a799888
  SHA1: { text: 'abc', facts: { sha1: 'qZk+NkcGgWq6PiVxeFDCbJzQ2J0=' } },
  SHA256: { text: 'abc', facts: { sha256: 'ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=' } },
  MD5: { text: 'abc', facts: { etag: '900150983cd24fb0d6963f7d28e17f72' } },
} as const;

/** An ETag that is not an MD5: of an object uploaded in two parts. */
const inParts = 'd41d8cd98f00b204e9800998ecf8427e-2';

const matches = (facts: Partial<ChecksumFacts>, ...chunks: readonly string[]): boolean | undefined => {
  const checksum = checksumOf({ etag: inParts, ...facts });
  const digest = checksum && startDigest(checksum.algorithm);
  for (const chunk of chunks) digest?.update(Buffer.from(chunk));
  return digest && digest.value() === checksum?.value;
};

const algorithmOf = (facts: Partial<ChecksumFacts>): string | undefined =>
  checksumOf({ etag: inParts, ...facts })?.algorithm;

describe.each(Object.entries(known))('%s', (algorithm, { text, facts }) => {
  test(`the checksum ${algorithm} is recognised by what S3 sends`, () => {
    expect(algorithmOf(facts)).toBe(algorithm);
  });

  test(`the checksum ${algorithm} matches the bytes, in one chunk or many`, () => {
    expect(matches(facts, text)).toBe(true);
    expect(matches(facts, ...text)).toBe(true);
    expect(matches(facts, '', text.slice(0, 2), '', text.slice(2), '')).toBe(true);
  });

  test(`the checksum ${algorithm} does not match other bytes`, () => {
    expect(matches(facts, `${text} `)).toBe(false);
    expect(matches(facts, text.slice(1))).toBe(false);
    expect(matches(facts, [...text].reverse().join(''))).toBe(false);
    expect(matches(facts)).toBe(false);
  });
});

test('the cheapest of several checksums is used', () => {
  const all = { crc32: 'a', sha1: 'b', sha256: 'c', crc64nvme: 'd', etag: known.MD5.facts.etag };
  expect(algorithmOf(all)).toBe('CRC32');
  expect(algorithmOf({ ...all, crc32: undefined })).toBe('SHA1');
  expect(algorithmOf({ ...all, crc32: undefined, sha1: undefined })).toBe('SHA256');
  expect(algorithmOf({ crc64nvme: 'd', etag: known.MD5.facts.etag })).toBe('CRC64NVME');
  expect(algorithmOf({ etag: known.MD5.facts.etag })).toBe('MD5');
});

test('a checksum of part checksums does not count as one of the bytes', () => {
  const parts = { crc32: 'a', sha1: 'b', sha256: 'c', crc64nvme: 'd', type: 'COMPOSITE' };
  expect(algorithmOf(parts)).toBeUndefined();
  expect(algorithmOf({ ...parts, type: 'FULL_OBJECT' })).toBe('CRC32');
});

test.each([
  ['a multipart upload', { etag: inParts }],
  ['encryption by KMS', { etag: known.MD5.facts.etag, encryption: 'aws:kms' }],
  ['double encryption by KMS', { etag: known.MD5.facts.etag, encryption: 'aws:kms:dsse' }],
  ["a customer's own key", { etag: known.MD5.facts.etag, customerKey: true }],
  ['an unusual store', { etag: 'v1' }],
])('an ETag does not count as an MD5 with %s', (_, facts) => {
  expect(algorithmOf(facts)).toBeUndefined();
});

test('an ETag counts as an MD5 under encryption by S3 itself', () => {
  expect(algorithmOf({ etag: known.MD5.facts.etag, encryption: 'AES256', customerKey: false })).toBe('MD5');
});

test('a file is recognised only by a checksum that is unique among a million files', () => {
  const identity = (facts: Partial<ChecksumFacts>) => identityOf({ etag: inParts, ...facts })?.algorithm;
  expect(identity({ crc32: 'a', etag: known.MD5.facts.etag })).toBe('MD5');
  expect(identity({ crc32: 'a', crc64nvme: 'd' })).toBe('CRC64NVME');
  expect(identity({ crc32: 'a' })).toBeUndefined();
  expect(identity({ crc64nvme: 'd', type: 'COMPOSITE' })).toBeUndefined();
});
