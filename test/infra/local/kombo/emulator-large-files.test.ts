import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { greenhouseIntegrationId } from '../../../../infra/local/kombo/emulator.ts';
import { testEmulator } from '../../../fakes/test-emulator.ts';

const emulator = await testEmulator();

/** Not divisible by three, so that the base64 ends in padding. */
const sizeBytes = 100_000_001;
const block = Buffer.alloc(300_000, 'The quick brown fox jumps over the lazy dog. ');

/** The file in base64, block by block; 300,000 is divisible by three, so only the last block has padding. */
function* base64Blocks() {
  for (let sent = 0; sent < sizeBytes; sent += block.length) {
    yield block.subarray(0, Math.min(block.length, sizeBytes - sent)).toString('base64');
  }
}

const expectedSha256 = () => {
  const hash = createHash('sha256');
  for (let sent = 0; sent < sizeBytes; sent += block.length) hash.update(block.subarray(0, sizeBytes - sent));
  return hash.digest('hex');
};

test('a file of 100 MB that is sent without a length arrives whole at the emulator', async () => {
  const outgoing = request(`${emulator.url}/ats/candidates/Frank1/attachments`, {
    method: 'POST',
    agent: false,
    headers: {
      authorization: 'Bearer ks_dev_local',
      'x-integration-id': greenhouseIntegrationId,
      'content-type': 'application/json',
    },
  });
  const answered = new Promise<number | undefined>((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      incoming.resume().on('end', () => resolve(incoming.statusCode));
    });
  });
  await pipeline(function* () {
    yield '{"attachment":{"name":"Large.pdf","type":"CV","content_type":"application/pdf","data":"';
    yield* base64Blocks();
    yield '"}}';
  }, outgoing);

  expect(await answered).toBe(200);
  const [stored] = emulator.attachments();
  expect(stored?.sizeBytes).toBe(100_000_001);
  expect(stored?.sha256).toBe(expectedSha256());
  expect(emulator.requests.recent()[0]).toMatchObject({ contentLengthBytes: null, bodyComplete: true, stored: true });
});
