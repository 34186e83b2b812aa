import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { validHeaders } from '../../../fakes/emulator-caller.ts';
import { testEmulator } from '../../../fakes/test-emulator.ts';

const emulator = await testEmulator();

/** Divisible by three, so that only the last block of the base64 has padding. */
const block = Buffer.alloc(300_000, 'The quick brown fox jumps over the lazy dog. ');
const blocks = [...Array<Buffer>(333).fill(block), block.subarray(0, 100_001)];

test('a file of 100 MB that is sent without a length arrives whole at the emulator', async () => {
  const head = '{"attachment":{"name":"Large.pdf","type":"CV","content_type":"application/pdf","data":"';
  const body = Readable.from(
    [head, ...blocks.map((each) => each.toString('base64')), '"}}'].map((text) => Buffer.from(text)),
  );
  const answer = await fetch(`${emulator.url}/ats/candidates/Frank1/attachments`, {
    method: 'POST',
    headers: validHeaders,
    body,
    duplex: 'half',
  });

  expect(answer.status).toBe(200);
  const [stored] = emulator.attachments();
  expect(stored?.sizeBytes).toBe(100_000_001);
  expect(stored?.sha256).toBe(blocks.reduce((hash, each) => hash.update(each), createHash('sha256')).digest('hex'));
  expect(emulator.requests.recent()[0]).toMatchObject({ contentLengthBytes: null, bodyComplete: true, stored: true });
});
