import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { greenhouseIntegrationId, startKomboEmulator } from '../../../../../infra/local/kombo/emulator.ts';
import { errorOf, pdf, post, wireErrorOf } from '../../../../fakes/emulator-caller.ts';
import { testEmulator } from '../../../../fakes/test-emulator.ts';

const emulator = await testEmulator();

/** Larger than any socket buffer: the caller is still sending when the fault applies. */
const large = { attachment: { ...pdf, data: Buffer.alloc(24_000_000, 'x').toString('base64') } };

const lastRequest = async () => {
  await emulator.idle();
  return emulator.requests.recent().at(-1);
};

/** ECONNRESET or EPIPE, whichever the caller's kernel notices first. */
const brokenPipe = /^(ECONNRESET|EPIPE)$/;

describe('a reset', () => {
  test('reset-before-body: the emulator reads nothing of the body', async () => {
    expect(await wireErrorOf(post(emulator, 'fault-reset-before-body', { body: large }))).toMatch(brokenPipe);
    expect(await lastRequest()).toMatchObject({ receivedBytes: 0, bodyComplete: false, status: null, stored: false });
  });

  test.each([
    ['half of the body', 'fault-reset-mid-body', 16_000_000],
    ['the requested number of bytes', 'fault-reset-mid-body-1000000b', 1_000_000],
  ])('reset-mid-body: the emulator reads about %s', async (_, id, bytes) => {
    expect(await wireErrorOf(post(emulator, id, { body: large }))).toMatch(brokenPipe);
    const request = await lastRequest();
    expect(request).toMatchObject({ bodyComplete: false, status: null, stored: false });
    expect(request?.receivedBytes).toBeGreaterThanOrEqual(bytes);
    expect(request?.receivedBytes).toBeLessThan(bytes + 1_000_000);
  });

  test.each([
    ['fault-reset-after-body', 0],
    ['fault-reset-after-body-stored', 1],
  ])('%s: the emulator reads the whole body before the reset', async (id, stored) => {
    expect(await wireErrorOf(post(emulator, id))).toMatch(brokenPipe);
    expect(await lastRequest()).toMatchObject({ bodyComplete: true, status: null, stored: stored === 1 });
    expect(emulator.attachments()).toHaveLength(stored);
  });
});

describe('silence', () => {
  test.each([
    ['fault-silence', 0],
    ['fault-silence-stored', 1],
  ])('%s: the emulator reads the body and never answers', async (id, stored) => {
    const leaving = new AbortController();
    const posting = wireErrorOf(post(emulator, id, { signal: leaving.signal }));
    await expect.poll(() => emulator.requests.recent().at(-1)?.bodyComplete, { interval: 5 }).toBe(true);
    await expect.poll(() => emulator.attachments().length, { interval: 5 }).toBe(stored);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(emulator.requests.recent().at(-1)).toMatchObject({ open: true, status: null });

    leaving.abort();

    expect(await posting).toBe('ABORT_ERR');
    expect(await lastRequest()).toMatchObject({ open: false, status: null });
  });
});

describe('an early answer', () => {
  test('an early answer comes while the body is being sent, and the rest is never read', async () => {
    const answer = await post(emulator, 'fault-early-413', { body: large });

    expect(answer.status).toBe(413);
    expect(errorOf(answer)?.code).toBeNull();
    expect(answer.headers.connection).toBe('close');
    expect(await lastRequest()).toMatchObject({ status: 413, receivedBytes: 0, bodyComplete: false, stored: false });
  });

  test('drained: after an early answer the rest of the body is read and discarded', async () => {
    const answer = await post(emulator, 'fault-early-PLATFORM--AUTHENTICATION_INVALID-drained', { body: large });

    expect(answer.status).toBe(401);
    expect(errorOf(answer)?.code).toBe('PLATFORM.AUTHENTICATION_INVALID');
    expect(await lastRequest()).toMatchObject({
      status: 401,
      receivedBytes: 32_000_097,
      bodyComplete: true,
      stored: false,
    });
  });
});

test('a body that ends before its last byte is incomplete and is not stored', async () => {
  const body = JSON.stringify({ attachment: pdf });
  const socket = connect(emulator.port, '127.0.0.1');
  socket.write(
    'POST /v1/ats/candidates/Frank1/attachments HTTP/1.1\r\nHost: 127.0.0.1\r\n' +
      `Authorization: Bearer ks_dev_local\r\nX-Integration-Id: ${greenhouseIntegrationId}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, -1)}`,
  );
  await expect.poll(() => emulator.requests.recent().at(-1)?.receivedBytes, { interval: 5 }).toBe(body.length - 1);
  expect(emulator.attachments()).toEqual([]);

  socket.destroy();

  expect(await lastRequest()).toMatchObject({ bodyComplete: false, status: null, stored: false, open: false });
  expect(emulator.requests.counters()).toMatchObject({ completePosts: 0, incompletePosts: 1, stored: 0 });
  expect(emulator.inFlight()).toBe(0);
});

test('closing the emulator cuts silent and slow calls, and slow work is not finished', async () => {
  const closing = await startKomboEmulator();
  const silent = wireErrorOf(post(closing, 'fault-silence'));
  const slow = wireErrorOf(post(closing, 'fault-slow-60000ms'));
  await expect.poll(() => closing.requests.recent().filter(({ bodyComplete }) => bodyComplete).length).toBe(2);

  await closing.close();

  expect([await silent, await slow]).toEqual(['ECONNRESET', 'ECONNRESET']);
  expect(closing.attachments()).toEqual([]);
});
