import { Crc64Nvme as OfTheSdk } from '@aws-sdk/checksums/crc';
import { expect, test } from 'vitest';
import { Crc64Nvme } from '../../../lib/stream/crc64nvme.ts';
import { randomFrom } from '../../fakes/chunks.ts';

const crcOf = (...chunks: readonly Uint8Array[]): string => {
  const crc = new Crc64Nvme();
  for (const chunk of chunks) crc.update(chunk);
  return crc.base64();
};

const hex = (base64: string): string => Buffer.from(base64, 'base64').toString('hex');

test.each([
  ['', '0000000000000000'],
  ['123456789', 'ae8b14860a799888'],
])('CRC64NVME of %j has the published check value', (text, value) => {
  expect(hex(crcOf(Buffer.from(text)))).toBe(value);
});

// NVM Express NVM Command Set Specification 1.0, table "64b CRC Test Cases", as the Linux kernel tests them.
test.each([
  ['zeros', Buffer.alloc(4096), '6482d367eb22b64e'],
  ['ones', Buffer.alloc(4096, 0xff), 'c0ddba7302eca3ac'],
])('CRC64NVME of 4,096 bytes of %s has the published value', (_, bytes, value) => {
  expect(hex(crcOf(bytes))).toBe(value);
});

test('CRC64NVME agrees with the AWS SDK on files of every length, whatever their place in memory and their chunks', async () => {
  const below = randomFrom(64);
  const memory = Buffer.from(Array.from({ length: 1_024 }, () => below(256)));
  for (let length = 0; length < 300; length += 1) {
    const from = below(100);
    const bytes = memory.subarray(from, from + length);
    const cut = below(length + 1);
    const theirs = new OfTheSdk();
    theirs.update(bytes);
    const expected = Buffer.from(await theirs.digest()).toString('base64');
    expect(crcOf(bytes), `${length} bytes from ${from}`).toBe(expected);
    expect(crcOf(bytes.subarray(0, cut), bytes.subarray(cut)), `${length} bytes from ${from}, cut at ${cut}`).toBe(
      expected,
    );
  }
});

test('CRC64NVME changes with any flipped bit', () => {
  const bytes = Buffer.from('Frank Doe, carpenter in Lund');
  const values = new Set([crcOf(bytes)]);
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    values.add(crcOf(flipped));
  }
  expect(values.size).toBe(bytes.length * 8 + 1);
});
