import { describe, expect, test } from 'vitest';
import type { ApiKey } from '../../../lib/kombo/api-key.ts';
import { fail } from '../../../lib/result.ts';
import { fastClock } from '../../fakes/fast-clock.ts';
import { pdf } from '../../fakes/files.ts';
import { accepts, attemptWorld, komboError, opens } from '../../worlds/attempt-world.ts';

/** What is known not to be delivered may be repeated within one invocation, at most twice. Nothing else may. */

const busy = komboError(429, 'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED');
const unavailable = () => fail('STORAGE_UNAVAILABLE', 'S3 answered SlowDown.');

test.each([
  ['the limit of calls in flight', busy, 'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED'],
  [
    'a rate limit',
    komboError(429, 'PLATFORM.RATE_LIMIT_EXCEEDED', { 'retry-after': '1' }),
    'PLATFORM.RATE_LIMIT_EXCEEDED',
  ],
  ['a 429 without a code', komboError(429, null, { 'retry-after': '1' }), 'KOMBO_RATE_LIMITED'],
] as const)(
  '%s is never repeated here: the caller slows down, and the schedule repeats',
  async (_, throttled, code) => {
    // The clock stands still: any wait would last for ever.
    const world = await attemptWorld({ posts: [throttled, accepts] });
    expect(await world.attempt()).toMatchObject({ ending: { as: 'waiting', failure: { code } } });
    expect(world.posts()).toHaveLength(1);
  },
);

test('a wait that Kombo asks for is reported', async () => {
  const world = await attemptWorld({ posts: [komboError(429, null, { 'retry-after': '3' })] });
  expect(await world.attempt()).toMatchObject({ ending: { as: 'waiting' }, retryAfterMs: 3_000 });
});

test('after two repeats the schedule takes over', async () => {
  const short = opens(pdf, { sizeBytes: pdf.length + 1 });
  const world = await attemptWorld({ openings: [short], clock: fastClock() });
  expect(await world.attempt()).toMatchObject({
    ending: { kind: 'failed', as: 'waiting', failure: { code: 'SOURCE_SHORT' } },
  });
  expect(world.storage.opened).toHaveLength(3);
});

test('a failure of another kind after a repeat counts', async () => {
  const world = await attemptWorld({
    openings: [unavailable, opens()],
    posts: [komboError(400, 'PLATFORM.INPUT_INVALID')],
    clock: fastClock(),
  });
  expect(await world.attempt()).toMatchObject({ ending: { as: 'rejected' } });
  expect(world.posts()).toHaveLength(1);
});

test('nothing is repeated with less than ten seconds left', async () => {
  const world = await attemptWorld({ openings: [unavailable, opens()], durationMs: 10_000 });
  expect(await world.attempt()).toMatchObject({ ending: { as: 'waiting' } });
  expect(world.posts()).toEqual([]);
});

test('an ATS that is down is not hurried', async () => {
  const world = await attemptWorld({ posts: [komboError(502, 'REMOTE.RATE_LIMIT_EXCEEDED')] });
  expect(await world.attempt()).toMatchObject({ ending: { as: 'waiting' } });
  expect(world.posts()).toHaveLength(1);
});

describe('never after the last byte', () => {
  test.each<[string, Parameters<typeof attemptWorld>[0]]>([
    ['a reset', { posts: [({ reset }) => reset(), accepts] }],
    ['an orderly end', { posts: [({ socket }) => void socket.end(), accepts] }],
    ['a fault of Kombo', { posts: [komboError(500, null), accepts] }],
    ['a page of HTML', { posts: [({ answer }) => answer(502, '<html></html>'), accepts] }],
  ])('%s is unknown after one POST', async (_, given) => {
    const world = await attemptWorld(given);
    expect(await world.attempt()).toMatchObject({ ending: { kind: 'failed', as: 'unknown' } });
    expect(world.posts()).toHaveLength(1);
  });
});

test('a reset before the last byte is repeated', async () => {
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

test('a connection that had died before the call is replaced at once, without a wait', async () => {
  const world = await attemptWorld({
    openings: [opens(Buffer.concat([pdf, Buffer.alloc(2_000_000, ' ')]))],
    // The preflight has used the first connection; the file finds it dead.
    server: {
      head: ({ request, reset }) => {
        if (request.method === 'POST' && request.connection === 1) reset();
      },
    },
    // The clock stands still: any wait would last for ever.
  });
  expect(await world.attempt()).toMatchObject({ ending: { kind: 'delivered' } });
  expect(world.posts().map(({ connection }) => connection)).toEqual([1, 2]);
});

test('a source that was short once is read again', async () => {
  const world = await attemptWorld({
    openings: [opens(pdf, { sizeBytes: pdf.length + 1 }), opens()],
    clock: fastClock(),
  });
  expect(await world.attempt()).toMatchObject({ ending: { kind: 'delivered' } });
  expect(world.posts().filter(({ complete }) => complete)).toHaveLength(1);
  expect(world.storage.opened.map(({ closed }) => closed)).toEqual([true, true]);
});

test('a storage that did not answer once is asked again', async () => {
  const world = await attemptWorld({
    openings: [() => fail('STORAGE_UNAVAILABLE', 'S3 answered SlowDown.'), opens()],
    clock: fastClock(),
  });
  expect(await world.attempt()).toMatchObject({ ending: { kind: 'delivered' } });
});

test('an object that was replaced meanwhile ends the repeats', async () => {
  const world = await attemptWorld({
    openings: [unavailable, () => fail('OBJECT_REPLACED', 'Another.')],
    clock: fastClock(),
  });
  expect(await world.attempt()).toMatchObject({ ending: { as: 'superseded', failure: { code: 'OBJECT_REPLACED' } } });
  expect(world.posts()).toEqual([]);
});

describe('a key that Kombo refuses', () => {
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

  test('is replaced, and the same file goes out at once', async () => {
    const apiKey = keyRing('ks_prod_1', 'ks_prod_2');
    const world = await attemptWorld({ posts: [refuses, accepts], apiKey });
    expect(await world.attempt()).toMatchObject({ ending: { kind: 'delivered' } });
    expect(keysOf(world)).toEqual(['Bearer ks_prod_1', 'Bearer ks_prod_2']);
    expect(apiKey.refreshes).toBe(1);
  });

  test('is the failure when there is no other key', async () => {
    const apiKey = keyRing('ks_prod_1');
    const world = await attemptWorld({ posts: [refuses], apiKey });
    expect(await world.attempt()).toMatchObject({
      ending: { as: 'waiting', failure: { code: 'PLATFORM.AUTHENTICATION_INVALID' } },
    });
    expect(world.posts()).toHaveLength(1);
    expect(apiKey.refreshes).toBe(1);
  });

  test('is replaced on a plain 401 as well', async () => {
    const world = await attemptWorld({ posts: [komboError(401, null), accepts], apiKey: keyRing('old', 'new') });
    expect(await world.attempt()).toMatchObject({ ending: { kind: 'delivered' } });
  });

  test('ends the attempt after two others were refused, too', async () => {
    const world = await attemptWorld({ posts: [refuses], apiKey: keyRing('a', 'b', 'c', 'd', 'e') });
    expect(await world.attempt()).toMatchObject({ ending: { as: 'waiting' } });
    expect(keysOf(world)).toEqual(['Bearer a', 'Bearer b', 'Bearer c']);
  });

  test('a 403 is no question of the key', async () => {
    const apiKey = keyRing('ks_prod_1', 'ks_prod_2');
    const world = await attemptWorld({ posts: [komboError(403, 'PLATFORM.IP_NOT_WHITELISTED')], apiKey });
    expect(await world.attempt()).toMatchObject({ ending: { as: 'waiting' } });
    expect(apiKey.refreshes).toBe(0);
  });
});
