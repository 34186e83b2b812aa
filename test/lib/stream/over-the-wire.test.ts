import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { systemClock } from '../../../lib/clock.ts';
import { attachmentBody } from '../../../lib/kombo/attachment-request.ts';
import { checksumOf } from '../../../lib/stream/checksum.ts';
import { peek } from '../../../lib/stream/peek.ts';
import { stopWhenStalled } from '../../../lib/stream/stall-timeout.ts';
import { verify } from '../../../lib/stream/verify.ts';
import { randomFrom } from '../../fakes/chunks.ts';
import { candidate, clientOf, facts, inTime } from '../../fakes/kombo-caller.ts';
import { rawServer } from '../../fakes/raw-server.ts';

const below = randomFrom(20_260_601);
/** A mebibyte of noise from which files are cut; new noise for each file would take most of the test's time. */
const noise = Buffer.from(Array.from({ length: 2 ** 20 }, () => below(256)));

const randomFile = (): Buffer => {
  const sizeBytes = 1 + below(300_000);
  return noise.subarray(below(noise.length - sizeBytes)).subarray(0, sizeBytes);
};

/** Every third chunk has 0, 1 or 2 bytes: the borders at which base64 goes wrong. */
async function* cutAtRandom(file: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; ) {
    const end = at + (below(3) === 0 ? below(3) : below(40_000));
    yield file.subarray(at, end);
    at = end;
  }
}

test('of 1,000 random files, cut at random, exactly the stored bytes arrive, with the announced length', async () => {
  const server = await rawServer();
  const kombo = clientOf(server.url);
  const deadline = inTime(systemClock, 120_000);

  for (let round = 0; round < 1_000; round += 1) {
    const file = randomFile();
    const checksum = checksumOf({ etag: createHash('md5').update(file).digest('hex') });
    const source = verify(stopWhenStalled(cutAtRandom(file), 10_000, deadline, systemClock), file.length, checksum);
    const { chunks } = await peek(source, 4_100);
    const answer = await kombo.attach(candidate, attachmentBody(facts, file.length, chunks), deadline);

    expect(answer.ok).toBe(true);
    const [request] = server.requests;
    expect(request?.complete).toBe(true);
    expect(request?.body.length).toBe(Number(request?.headers['content-length']));
    const { attachment } = JSON.parse(request?.body.toString('utf8') ?? '');
    expect(Buffer.from(attachment.data, 'base64').equals(file)).toBe(true);
    server.forget();
  }

  // One connection after another would mean that a length was wrong somewhere.
  expect(server.connections()).toBe(1);
});
