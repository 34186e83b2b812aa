import { beforeEach, describe, expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import type { DeliverOptions } from '../../../lib/delivery/delivery-options.ts';
import type { ApiKey } from '../../../lib/kombo/api-key.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import { ok } from '../../../lib/result.ts';
import { releasePaused } from '../../../lib/runs/release-paused.ts';
import { SourceError } from '../../../lib/stream/source-error.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { thenFailure } from '../../fakes/chunks.ts';
import { pdf } from '../../fakes/files.ts';
import { day, integrationId, minute, second } from '../../fakes/ledger-samples.ts';
import { refuses } from '../../fakes/scripted-kombo.ts';
import { type DeliveryWorld, deliveryWorld } from '../../worlds/delivery-world.ts';

let world: DeliveryWorld;
let deps: Courier;
beforeEach(() => {
  world = deliveryWorld();
  deps = world.newCourier();
});

const key = 'candidates/GRK123/Frank Doe CV.pdf';

const send = (upload: Upload, options: Partial<DeliverOptions> = {}, its = deps): Promise<Outcome> =>
  deliver(upload, { deadline: world.deadline(), ...options }, its);

describe('what is known not to be delivered', () => {
  test('is repeated twice at once, then left to the schedule', async () => {
    const upload = world.put(key);
    const unreachable = () => refuses('KOMBO_UNREACHABLE');
    world.kombo.script.push(unreachable, unreachable, unreachable);

    expect(await world.run(send(upload))).toMatchObject({ status: 'waiting', failure: { code: 'KOMBO_UNREACHABLE' } });

    expect(world.kombo.posts).toHaveLength(3);
    const { state, updatedAt } = await world.recordOf(upload);
    // Half of the first span of 30 s.
    expect(state).toMatchObject({ dueAt: updatedAt + 15 * second });
  });

  test('when throttled is deferred after exactly one request, for as long as Kombo asks', async () => {
    const upload = world.put(key);
    world.kombo.script.push(() => refuses('PLATFORM.RATE_LIMIT_EXCEEDED', { retryAfterMs: 57 * second }));
    await send(upload);

    expect(world.kombo.posts).toHaveLength(1);
    const { state, updatedAt } = await world.recordOf(upload);
    expect(state).toMatchObject({ status: 'waiting', dueAt: updatedAt + 72 * second });
  });

  test.each([
    ['PLATFORM.CONCURRENCY_LIMIT_EXCEEDED', {}, 500],
    ['PLATFORM.RATE_LIMIT_EXCEEDED', { retryAfterMs: 2 * second }, 2_500],
    ['KOMBO_RATE_LIMITED', { retryAfterMs: 2 * second }, 2_500],
  ] as const)('because of %s goes back after one request to a run that has a pace', async (code, more, waitMs) => {
    const upload = world.put(key);
    world.kombo.script.push(() => refuses(code, more));
    // Time stands still: a repeat would wait for ever.
    expect(await send(upload, { paced: true })).toMatchObject({ status: 'waiting', failure: { code } });

    expect(world.kombo.posts).toHaveLength(1);
    const { state, updatedAt } = await world.recordOf(upload);
    expect(state).toMatchObject({ dueAt: updatedAt + waitMs });
  });

  test('for another reason than throttling is repeated also in a run that has a pace', async () => {
    const upload = world.put(key);
    world.kombo.script.push(() => refuses('KOMBO_UNREACHABLE'));
    expect(await world.run(send(upload, { paced: true }))).toMatchObject({ status: 'attached' });
    expect(world.kombo.posts).toHaveLength(2);
  });

  test('because the source broke is retried, and nothing stands at Kombo', async () => {
    const upload = world.put(key);
    const broken = {
      ...deps,
      storage: {
        ...deps.storage,
        open: async () =>
          ok({
            etag: upload.etag,
            sizeBytes: pdf.length,
            metadata: {},
            contentType: 'application/pdf',
            chunks: thenFailure(new SourceError('SOURCE_SHORT', 'S3 sent 3 of 9 bytes.')),
            close: () => undefined,
          }),
      },
    };
    expect(await world.run(send(upload, {}, broken))).toMatchObject({
      status: 'waiting',
      failure: { code: 'SOURCE_SHORT' },
    });
    expect(world.kombo.standing).toEqual([]);
  });

  test('at the twelfth try is held, with the last error in its words', async () => {
    const upload = world.put(key);
    for (let tries = 1; tries < 12; tries += 1) {
      world.kombo.script.push(() => refuses('REMOTE.RATE_LIMIT_EXCEEDED'));
      expect(await send(upload)).toMatchObject({ status: 'waiting', attempt: tries });
      world.clock.advance(minute);
    }
    world.kombo.script.push(() => refuses('REMOTE.RATE_LIMIT_EXCEEDED', { logUrl: 'https://app.kombo.dev/log' }));
    expect(await send(upload)).toMatchObject({
      status: 'held',
      failure: {
        code: 'RETRIES_EXHAUSTED',
        detail: 'The last of 12 attempts ended with REMOTE.RATE_LIMIT_EXCEEDED. Kombo answered HTTP 400.',
        logUrl: 'https://app.kombo.dev/log',
      },
    });
  });

  test('an attempt that was throttled is none of the twelve', async () => {
    const upload = world.put(key);
    for (let tries = 1; tries <= 14; tries += 1) {
      // Asked for more patience than an invocation has, so it is not repeated at once.
      const limited = () => refuses('PLATFORM.RATE_LIMIT_EXCEEDED', { retryAfterMs: 10_000 });
      world.kombo.script.push(tries <= 3 ? limited : () => refuses('REMOTE.RATE_LIMIT_EXCEEDED'));
      expect(await send(upload)).toMatchObject({ status: 'waiting', attempt: tries });
      world.clock.advance(minute);
    }
    world.kombo.script.push(() => refuses('REMOTE.RATE_LIMIT_EXCEEDED'));
    expect(await send(upload)).toMatchObject({ status: 'held', failure: { code: 'RETRIES_EXHAUSTED' } });
  });

  test('after a day is held', async () => {
    const upload = world.put(key);
    const down = () => refuses('REMOTE.RATE_LIMIT_EXCEEDED');
    world.kombo.script.push(down, down);
    await send(upload);
    world.clock.advance(day);
    expect(await send(upload)).toMatchObject({ status: 'held', failure: { code: 'RETRIES_EXHAUSTED' } });
  });
});

describe('what may be delivered', () => {
  test.each(['ANSWER_LOST', 'ANSWER_TIMED_OUT', 'ANSWER_UNREADABLE', 'PLATFORM.UNKNOWN_ERROR', 'KOMBO_FAULT'] as const)(
    'after %s is posted once, and read back in a minute',
    async (code) => {
      const upload = world.put(key);
      world.kombo.script.push(() => refuses(code));
      expect(await send(upload)).toMatchObject({ status: 'unknown', failure: { code } });
      expect(world.kombo.posts).toHaveLength(1);
      const { state, updatedAt, sent } = await world.recordOf(upload);
      expect(state).toMatchObject({ dueAt: updatedAt + minute });
      expect(sent).toEqual({ name: 'Frank Doe CV.pdf', type: 'CV', contentType: 'application/pdf' });
    },
  );
});

describe('what Kombo refuses for good', () => {
  test('is rejected with its own words, which no log line repeats', async () => {
    const upload = world.put(key);
    const more = { komboMessage: 'Frank Doe CV.pdf is not a document.', logUrl: 'https://app.kombo.dev/log' };
    world.kombo.script.push(() => refuses('REMOTE.INPUT_INVALID', more));
    expect(await send(upload)).toMatchObject({
      status: 'rejected',
      failure: { code: 'REMOTE.INPUT_INVALID', ...more },
    });
    expect(JSON.stringify(world.logged)).not.toContain('Frank');
  });
});

describe('a failure that every file would meet', () => {
  test('pauses its integration: the next file is held without a call', async () => {
    world.kombo.script.push(() => refuses('INTEGRATION.ACTION_DISABLED'));
    const first = world.put(key);
    expect(await send(first)).toMatchObject({ status: 'held', failure: { code: 'INTEGRATION.ACTION_DISABLED' } });

    const second = world.put('candidates/GRK124/CV.pdf');
    expect(await send(second)).toMatchObject({ status: 'held', failure: { code: 'INTEGRATION_PAUSED' } });

    expect(world.kombo.posts).toHaveLength(1);
    for (const upload of [first, second]) {
      expect((await world.recordOf(upload)).state).toMatchObject({ pausedBy: integrationId, mayBeDelivered: false });
    }
  });

  test('of one integration does not stop another', async () => {
    world.kombo.script.push(() => refuses('INTEGRATION.INACTIVE'));
    await send(world.put(key));
    const outcome = await send(world.put('named/workday:Ab1/GRK124/CV.pdf'));
    expect(outcome).toMatchObject({ status: 'attached', target: { integrationId: 'workday:Ab1' } });
  });

  test('of the API key stops all integrations', async () => {
    world.kombo.script.push(() => refuses('PLATFORM.AUTHENTICATION_INVALID'));
    const upload = world.put(key);
    await send(upload);
    expect(await send(world.put('named/workday:Ab1/GRK124/CV.pdf'))).toMatchObject({ status: 'held' });
    expect((await world.recordOf(upload)).state).toMatchObject({ pausedBy: 'account' });
  });

  test('settles the file even when the pause cannot be written', async () => {
    world.kombo.script.push(() => refuses('INTEGRATION.INACTIVE'));
    const upload = world.put(key);
    world.table.fail('get', 1);
    expect(await send(upload)).toMatchObject({ status: 'held', failure: { code: 'INTEGRATION.INACTIVE' } });
    expect(await deps.pauses.list()).toEqual([]);
    // Behind a pause that does not exist it would wait for an end that never comes.
    expect((await world.recordOf(upload)).state).not.toHaveProperty('pausedBy');
  });

  test('about one file only pauses nothing', async () => {
    world.kombo.script.push(() => refuses('KOMBO_NOT_FOUND'));
    expect(await send(world.put(key))).toMatchObject({ status: 'held', failure: { code: 'KOMBO_NOT_FOUND' } });
    expect(await send(world.put('candidates/GRK124/CV.pdf'))).toMatchObject({ status: 'attached' });
  });

  test('does not send, when it ends, what a scan has blocked meanwhile', async () => {
    const begin = {
      scope: integrationId,
      code: 'INTEGRATION_PAUSED',
      by: 'operator',
      reason: 'x',
      selfHealing: false,
    } as const;
    await deps.pauses.begin(begin);
    const upload = world.put(key);
    await send(upload);
    const threat = { code: 'SCAN_THREAT_FOUND', detail: 'GuardDuty reported THREATS_FOUND.' } as const;
    expect(await send(upload, { holdAs: threat })).toMatchObject({ status: 'held', failure: threat });

    await deps.pauses.end(integrationId, { by: 'operator', reason: 'x' });
    expect(await releasePaused(deps)).toMatchObject({ released: 0 });
    expect((await world.recordOf(upload)).state).toMatchObject({ status: 'held', failure: threat });
  });

  test('is no reason for its probe to send against the pause of the integration', async () => {
    const begin = { code: 'INTEGRATION_PAUSED', by: 'operator', reason: 'A migration.', selfHealing: false } as const;
    await deps.pauses.begin({ ...begin, scope: integrationId });
    await deps.pauses.begin({
      scope: 'account',
      code: 'PLATFORM.AUTHENTICATION_INVALID',
      by: 'kombo',
      reason: 'x',
      selfHealing: true,
    });
    const upload = world.put(key);
    expect(await send(upload, { probe: 'account' })).toMatchObject({ status: 'held' });
    expect(world.kombo.posts).toHaveLength(0);
    expect((await world.recordOf(upload)).state).toMatchObject({ pausedBy: integrationId });
  });

  test('is tested by a probe of that pause, and by no other', async () => {
    const begin = { code: 'INTEGRATION_PAUSED', by: 'operator', reason: 'A test.', selfHealing: false } as const;
    await deps.pauses.begin({ ...begin, scope: integrationId });
    expect(await send(world.put(key), { probe: integrationId })).toMatchObject({ status: 'attached' });

    await deps.pauses.begin({ ...begin, scope: 'account' });
    const other = world.put('candidates/GRK124/CV.pdf');
    expect(await send(other, { probe: integrationId })).toMatchObject({ status: 'held' });
  });
});

describe('a key that Kombo refuses', () => {
  const keyOf = (current: string[]): ApiKey => ({
    current: async () => current[0] ?? '',
    refresh: async (refused) => {
      current.shift();
      return current[0] !== undefined && current[0] !== refused;
    },
  });
  const unauthorized = () => refuses('PLATFORM.AUTHENTICATION_INVALID');

  test.each([{}, { paced: true }])(
    'is fetched again once, and the same file goes at once with the new one (%j)',
    async (options) => {
      world = deliveryWorld(keyOf(['key-1', 'key-2']));
      world.kombo.script.push(unauthorized);
      const outcome = await send(world.put(key), options, world.newCourier());
      expect(outcome).toMatchObject({ status: 'attached', attempt: 1 });
      expect(world.kombo.posts).toHaveLength(2);
    },
  );

  test('with no other key at hand pauses everything after one call', async () => {
    world.kombo.script.push(unauthorized);
    expect(await send(world.put(key))).toMatchObject({ status: 'held' });
    expect(world.kombo.posts).toHaveLength(1);
  });
});
