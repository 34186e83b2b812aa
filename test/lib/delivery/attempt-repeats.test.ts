import { describe, expect, test } from 'vitest';
import type { ApiKey } from '../../../lib/kombo/api-key.ts';
import { fail } from '../../../lib/result.ts';
import { fastClock } from '../../fakes/fast-clock.ts';
import { pdf } from '../../fakes/files.ts';
import { accepts, attemptWorld, komboError, opens } from '../../worlds/attempt-world.ts';

/** Only what is known not to be delivered may be repeated within one invocation, at most twice. */

const busy = komboError(429, 'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED');
const unavailable = () => fail('STORAGE_UNAVAILABLE', 'S3 answered SlowDown.');

test.each([
  ['the limit of concurrent calls', busy, 'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED'],
  [
    'a rate limit',
    komboError(429, 'PLATFORM.RATE_LIMIT_EXCEEDED', { 'retry-after': '1' }),
    'PLATFORM.RATE_LIMIT_EXCEEDED',
  ],
  ['a 429 without a code', komboError(429, null, { 'retry-after': '1' }), 'KOMBO_RATE_LIMITED'],
] as const)(
  '%s is never repeated within the attempt: the caller slows down, and the schedule repeats',
  async (_, throttled, code) => {
    // The clock stands still: any wait would last forever.
    const world = await attemptWorld({ posts: [throttled, accepts] });
    expect(await world.attempt()).toMatchObject({ ending: { as: 'waiting', failure: { code } } });
    expect(world.posts()).toHaveLength(1);
  },
);

test('after two repeats within the attempt the schedule takes over', async () => {
  const short = opens(pdf, { sizeBytes: pdf.length + 1 });
  const world = await attemptWorld({ openings: [short], clock: fastClock() });
  expect(await world.attempt()).toMatchObject({
    ending: { kind: 'failed', as: 'waiting', failure: { code: 'SOURCE_SHORT' } },
  });
  expect(world.storage.opened).toHaveLength(3);
});

test('nothing is repeated within the attempt with less than ten seconds left', async () => {
  const world = await attemptWorld({ openings: [unavailable, opens()], durationMs: 10_000 });
  expect(await world.attempt()).toMatchObject({ ending: { as: 'waiting' } });
  expect(world.posts()).toEqual([]);
});

describe('after the last byte', () => {
  test.each<[string, Parameters<typeof attemptWorld>[0]]>([
    ['a reset', { posts: [({ reset }) => reset(), accepts] }],
    ['an orderly end', { posts: [({ socket }) => void socket.end(), accepts] }],
    ['a server error of Kombo', { posts: [komboError(500, null), accepts] }],
    ['an HTML page', { posts: [({ answer }) => answer(502, '<html></html>'), accepts] }],
  ])('%s after the last byte leaves the outcome unknown after one POST', async (_, given) => {
    const world = await attemptWorld(given);
    expect(await world.attempt()).toMatchObject({ ending: { kind: 'failed', as: 'unknown' } });
    expect(world.posts()).toHaveLength(1);
  });
});

test('a connection reset before the last byte is repeated', async () => {
  let resets = 1;
  const world = await attemptWorld({
    clock: fastClock(),
    openings: [opens(Buffer.concat([pdf, Buffer.alloc(2_000_000, ' ')]))],
    server: {
      head: ({ request, reset }) => {
        if (request.method === 'POST' && resets-- > 0) reset();
      },
    },
  });
  expect(await world.attempt()).toMatchObject({ ending: { kind: 'delivered' } });
  expect(world.posts().map(({ complete }) => complete)).toEqual([false, true]);
});

test('a connection that was already dead before the call is replaced immediately, without a wait, down to ten seconds before the end', async () => {
  const world = await attemptWorld({
    durationMs: 10_000,
    openings: [opens(Buffer.concat([pdf, Buffer.alloc(2_000_000, ' ')]))],
    // The preflight has used the first connection; the POST finds it dead.
    server: {
      head: ({ request, reset }) => {
        if (request.method === 'POST' && request.connection === 1) reset();
      },
    },
    // The clock stands still: any wait would last forever.
  });
  expect(await world.attempt()).toMatchObject({ ending: { kind: 'delivered' } });
  expect(world.posts().map(({ connection }) => connection)).toEqual([1, 2]);
});

test('a source that was too short once is read again', async () => {
  const world = await attemptWorld({
    openings: [opens(pdf, { sizeBytes: pdf.length + 1 }), opens()],
    clock: fastClock(),
  });
  expect(await world.attempt()).toMatchObject({ ending: { kind: 'delivered' } });
  expect(world.posts().filter(({ complete }) => complete)).toHaveLength(1);
  expect(world.storage.opened.map(({ closed }) => closed)).toEqual([true, true]);
});

test('an object that was replaced in the meantime ends the repeats', async () => {
  const world = await attemptWorld({
    openings: [unavailable, () => fail('OBJECT_REPLACED', 'Another.')],
    clock: fastClock(),
  });
  expect(await world.attempt()).toMatchObject({ ending: { as: 'superseded', failure: { code: 'OBJECT_REPLACED' } } });
  expect(world.posts()).toEqual([]);
});

describe('an API key that Kombo refuses', () => {
  const refuses = komboError(401, 'PLATFORM.AUTHENTICATION_INVALID');
  /** Holds these keys, each until a refusal asks for the next. */
  const keyRing = (...keys: readonly string[]): ApiKey & { refreshes: number } => {
    const ring = {
      refreshes: 0,
      current: async () => keys[Math.min(ring.refreshes, keys.length - 1)] ?? '',
      refresh: async (refused: string) => {
        ring.refreshes += 1;
        return (await ring.current()) !== refused;
      },
      version: async () => `version-${ring.refreshes}`,
    };
    return ring;
  };
  const keysOf = (world: Awaited<ReturnType<typeof attemptWorld>>): (string | undefined)[] =>
    world.posts().map(({ headers }) => headers.authorization);

  test('a refused API key is replaced, and the same file is sent again immediately', async () => {
    const apiKey = keyRing('ks_prod_1', 'ks_prod_2');
    const world = await attemptWorld({ posts: [refuses, accepts], apiKey });
    expect(await world.attempt()).toMatchObject({ ending: { kind: 'delivered' } });
    expect(keysOf(world)).toEqual(['Bearer ks_prod_1', 'Bearer ks_prod_2']);
    expect(apiKey.refreshes).toBe(1);
  });

  test('a refused API key is the failure of the attempt when there is no other key', async () => {
    const apiKey = keyRing('ks_prod_1');
    const world = await attemptWorld({ posts: [refuses], apiKey });
    expect(await world.attempt()).toMatchObject({
      ending: { as: 'waiting', failure: { code: 'PLATFORM.AUTHENTICATION_INVALID' } },
    });
    expect(world.posts()).toHaveLength(1);
    expect(apiKey.refreshes).toBe(1);
  });

  test('no API key is replaced when the one in use could not be read, because it may be the new one already', async () => {
    const apiKey = keyRing('ks_prod_1', 'ks_prod_2');
    const { current } = apiKey;
    let reads = 0;
    // The limits of the integration are requested with the first reading; the second one is for the comparison.
    apiKey.current = () => (++reads === 2 ? Promise.reject(new Error('Secrets Manager does not answer.')) : current());
    const world = await attemptWorld({ posts: [refuses], apiKey });
    expect(await world.attempt()).toMatchObject({ ending: { as: 'waiting' } });
    expect(keysOf(world)).toEqual(['Bearer ks_prod_1']);
    expect(apiKey.refreshes).toBe(0);
  });

  test('an API key is also replaced after a plain 401', async () => {
    const world = await attemptWorld({ posts: [komboError(401, null), accepts], apiKey: keyRing('old', 'new') });
    expect(await world.attempt()).toMatchObject({ ending: { kind: 'delivered' } });
  });

  test('the attempt ends after three different API keys were refused', async () => {
    const world = await attemptWorld({ posts: [refuses], apiKey: keyRing('a', 'b', 'c', 'd', 'e') });
    expect(await world.attempt()).toMatchObject({ ending: { as: 'waiting' } });
    expect(keysOf(world)).toEqual(['Bearer a', 'Bearer b', 'Bearer c']);
  });

  test('a 403 does not replace the API key', async () => {
    const apiKey = keyRing('ks_prod_1', 'ks_prod_2');
    const world = await attemptWorld({ posts: [komboError(403, 'PLATFORM.IP_NOT_WHITELISTED')], apiKey });
    expect(await world.attempt()).toMatchObject({ ending: { as: 'waiting' } });
    expect(apiKey.refreshes).toBe(0);
  });
});
