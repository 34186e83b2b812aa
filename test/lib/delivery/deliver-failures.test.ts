import { beforeEach, describe, expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import type { DeliverOptions } from '../../../lib/delivery/delivery-options.ts';
import type { ApiKey } from '../../../lib/kombo/api-key.ts';
import type { KomboFailure } from '../../../lib/kombo/classify-response.ts';
import { accountLane, opened } from '../../../lib/lane/lane.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import { fail, ok } from '../../../lib/result.ts';
import { SourceError } from '../../../lib/stream/source-error.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { thenFailure } from '../../fakes/chunks.ts';
import { pdf } from '../../fakes/files.ts';
import { day, hour, integrationId, minute, second } from '../../fakes/ledger-samples.ts';
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

describe('a failure that is known not to have delivered', () => {
  test('an unreachable Kombo is tried twice more immediately, then the file waits for the schedule', async () => {
    const upload = world.put(key);
    const unreachable = () => refuses('KOMBO_UNREACHABLE');
    world.kombo.script.push(unreachable, unreachable, unreachable);

    expect(await world.run(send(upload))).toMatchObject({ status: 'waiting', failure: { code: 'KOMBO_UNREACHABLE' } });

    expect(world.kombo.posts).toHaveLength(3);
    const { state, updatedAt } = await world.recordOf(upload);
    // Half of the first span of 30 s.
    expect(state).toMatchObject({ dueAt: updatedAt + 15 * second });
  });

  test.each([
    ['PLATFORM.CONCURRENCY_LIMIT_EXCEEDED', {}, 500],
    ['PLATFORM.RATE_LIMIT_EXCEEDED', { retryAfterMs: 57 * second }, 57_500],
    ['KOMBO_RATE_LIMITED', { retryAfterMs: 2 * second }, 2_500],
    ['KOMBO_RATE_LIMITED', {}, 15_000],
  ] as const)('a file throttled with %s %j waits after exactly one request', async (code, more, waitMs) => {
    const upload = world.put(key);
    world.kombo.script.push(() => refuses(code, more));
    // Time stands still: a repeat would wait forever.
    expect(await send(upload)).toMatchObject({ status: 'waiting', failure: { code } });

    expect(world.kombo.posts).toHaveLength(1);
    const { state, updatedAt } = await world.recordOf(upload);
    expect(state).toMatchObject({ dueAt: updatedAt + waitMs });
  });

  test('a file whose source broke off is tried again, and nothing was stored at Kombo', async () => {
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

  /** Attempts one after another, each when it is due. */
  const failAgain = async (upload: Upload, code: KomboFailure['code']): Promise<Outcome> => {
    const answer = () => refuses(code);
    // Failures that may pass within seconds are repeated twice in one invocation.
    world.kombo.script.push(answer, answer, answer);
    const outcome = await world.run(send(upload));
    world.kombo.script.length = 0;
    world.clock.advance(hour);
    return outcome;
  };

  /** The same with a failure on our own side, which uses up the retry budget. */
  const failToRead = async (upload: Upload, its = deps): Promise<Outcome> => {
    const open = async () => fail('STORAGE_UNAVAILABLE', 'S3 answered SlowDown (HTTP 503).');
    const outcome = await world.run(send(upload, {}, { ...its, storage: { ...its.storage, open } }));
    world.clock.advance(hour);
    return outcome;
  };

  test('a file is held at the twelfth attempt, with the last error and its next step in the detail', async () => {
    const upload = world.put(key);
    for (let attempt = 1; attempt < 12; attempt += 1)
      expect(await failToRead(upload)).toMatchObject({ status: 'waiting', attempt });
    expect(await failToRead(upload)).toMatchObject({
      status: 'held',
      failure: {
        code: 'RETRIES_EXHAUSTED',
        detail:
          'The last of 12 attempts ended with STORAGE_UNAVAILABLE. S3 answered SlowDown (HTTP 503). Check the AWS Health Dashboard for S3 and KMS, and the network of the function.',
      },
    });
  });

  test('a failure that every file would meet uses up none of the twelve attempts', async () => {
    const upload = world.put(key);
    const throttled = ['PLATFORM.RATE_LIMIT_EXCEEDED', 'REMOTE.RATE_LIMIT_EXCEEDED', 'KOMBO_RATE_LIMITED'] as const;
    for (const code of [...throttled, 'KOMBO_BROKE_OFF', 'KOMBO_CONNECTION_LOST'] as const)
      expect(await failAgain(upload, code)).toMatchObject({ status: 'waiting', failure: { code } });
    for (let attempt = 6; attempt < 17; attempt += 1)
      expect(await failToRead(upload)).toMatchObject({ status: 'waiting', attempt });
    expect(await failToRead(upload)).toMatchObject({
      status: 'held',
      attempt: 17,
      failure: { code: 'RETRIES_EXHAUSTED' },
    });
  });

  test('a file is held a day after its first failure that counted', async () => {
    const upload = world.put(key);
    await failToRead(upload);
    world.clock.advance(day);
    expect(await failToRead(upload)).toMatchObject({
      status: 'held',
      failure: { code: 'RETRIES_EXHAUSTED' },
    });
  });

  test('a file is not held because of an outage, however long it lasts', async () => {
    const upload = world.put(key);
    await failAgain(upload, 'KOMBO_BROKE_OFF');
    world.clock.advance(6 * day);
    expect(await failAgain(upload, 'KOMBO_BROKE_OFF')).toMatchObject({ status: 'waiting' });
    expect(await failToRead(upload)).toMatchObject({ status: 'waiting' });
  });

  test.each([integrationId, accountLane])('a file has a whole day again from the opening of %s', async (lane) => {
    const upload = world.put(key);
    await failToRead(upload);
    world.clock.advance(6 * day);
    await deps.lanes.change(lane, (paused) => opened(paused, world.clock.now()));
    expect(await failToRead(upload)).toMatchObject({ status: 'waiting' });
    world.clock.advance(day);
    expect(await failToRead(upload)).toMatchObject({ status: 'held' });
  });

  test('a file is not held when the table cannot say whether its lane has just opened', async () => {
    const upload = world.put(key);
    await failToRead(upload);
    world.clock.advance(day);
    let asked = 0;
    const gate: Courier['lanes']['gate'] = (id) => {
      asked += 1;
      // Three calls come before the attempt, one after it.
      return asked < 4 ? deps.lanes.gate(id) : Promise.reject(new Error('The table does not answer.'));
    };
    expect(await failToRead(upload, { ...deps, lanes: { ...deps.lanes, gate } })).toMatchObject({ status: 'waiting' });
    expect(asked).toBe(4);
    expect(await failToRead(upload)).toMatchObject({ status: 'held' });
  });

  test('a file is settled even when the table cannot say whether Kombo ever knew its integration', async () => {
    const upload = world.put('named/greenhouse:Mistyped/GRK123/CV.pdf');
    world.kombo.script.push(() => {
      world.table.fail('get', 1);
      return refuses('PLATFORM.INTEGRATION_NOT_FOUND');
    });
    // Only a lane that was read shows that the id is a mistake, so the file is not rejected because of it.
    expect(await send(upload)).toMatchObject({ status: 'waiting' });
  });
});

describe('a failure that may have delivered', () => {
  test.each(['ANSWER_LOST', 'ANSWER_TIMED_OUT', 'ANSWER_UNREADABLE', 'PLATFORM.UNKNOWN_ERROR', 'KOMBO_FAULT'] as const)(
    'a file that may have been delivered (%s) is posted once, and read back in a minute',
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

describe('a file that Kombo refuses permanently', () => {
  test("a file that Kombo refuses permanently is rejected with Kombo's own words, which no log line repeats", async () => {
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

describe('an API key that Kombo refuses', () => {
  const keyOf = (current: string[]): ApiKey => ({
    current: async () => current[0] ?? '',
    refresh: async (refused) => {
      current.shift();
      return current[0] !== undefined && current[0] !== refused;
    },
    version: async () => `version-${current.length}`,
  });
  const unauthorized = () => refuses('PLATFORM.AUTHENTICATION_INVALID');

  test('a refused API key is fetched again once, and the same file is sent immediately with the new one', async () => {
    world = deliveryWorld(keyOf(['key-1', 'key-2']));
    const courier = world.newCourier();
    world.kombo.script.push(unauthorized);
    expect(await send(world.put(key), {}, courier)).toMatchObject({ status: 'attached', attempt: 1 });
    expect(world.kombo.posts).toHaveLength(2);
    expect(await courier.lanes.read(accountLane)).not.toHaveProperty('pause');
  });
});
