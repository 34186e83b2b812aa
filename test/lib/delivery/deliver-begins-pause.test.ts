import { beforeEach, describe, expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import type { DeliverOptions } from '../../../lib/delivery/delivery-options.ts';
import { failureOf } from '../../../lib/failures/failures.ts';
import type { KomboFailure } from '../../../lib/kombo/classify-response.ts';
import { accountLane, type Lane, paused } from '../../../lib/lane/lane.ts';
import { laneKey } from '../../../lib/lane/lane-item.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import { fail } from '../../../lib/result.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { integrationId, minute, nine, second } from '../../fakes/ledger-samples.ts';
import { byOperator, missingRight } from '../../fakes/pause-samples.ts';
import { losesAnswer, refuses } from '../../fakes/scripted-kombo.ts';
import { type DeliveryWorld, deliveryWorld } from '../../worlds/delivery-world.ts';

/** Which answers to a POST pause a lane or the account. */

let world: DeliveryWorld;
let courier: Courier;
let files: number;
beforeEach(() => {
  world = deliveryWorld();
  courier = world.newCourier();
  files = 0;
});

/** A new file of the integration in the setting, or of another one. */
const newFile = (integration?: string): Upload => {
  files += 1;
  return world.put(
    integration === undefined ? `candidates/GRK${files}/CV.pdf` : `named/${integration}/GRK${files}/CV.pdf`,
  );
};

const send = (upload = newFile(), options: Partial<DeliverOptions> = {}): Promise<Outcome> =>
  deliver(upload, { deadline: world.deadline(), ...options }, courier);

/** A new file gets this answer. */
const meets = (
  code: KomboFailure['code'],
  more: Partial<KomboFailure> = {},
  integration?: string,
): Promise<Outcome> => {
  const isRepeated = failureOf(code).retry === 'soon' && failureOf(code).throttled === 'no';
  for (let answer = 1; answer <= (isRepeated ? 3 : 1); answer += 1) world.kombo.script.push(() => refuses(code, more));
  const sent = send(newFile(integration));
  // Time stands still, except for the waits between repeats within one invocation.
  return isRepeated ? world.run(sent) : sent;
};

const laneOf = async (id = integrationId): Promise<Lane> => {
  const lane = await world.newCourier().lanes.read(id);
  if (lane === 'unreadable') throw new Error('The lane cannot be read.');
  return lane;
};
const pauseOf = async (id?: string) => (await laneOf(id)).pause;

describe('an answer that every file of the integration would get', () => {
  test.each([
    ['INTEGRATION.INACTIVE', 'unread', 0],
    ['INTEGRATION.SETUP_SYNC_PENDING', 'unread', 0],
    ['INTEGRATION.ACTION_DISABLED', 'unread', 0],
    ['INTEGRATION.PERMISSION_MISSING', 'probe', 5 * minute],
    ['INTEGRATION.QA_FAILED', 'probe', 5 * minute],
  ] as const)(
    'an answer that every file would get pauses the integration immediately, and the file waits: %s is ended by "%s"',
    async (code, by, afterMs) => {
      expect(await meets(code)).toMatchObject({ status: 'waiting', failure: { code } });
      expect(await pauseOf()).toEqual({
        code,
        by: 'kombo',
        reason: 'Kombo answered HTTP 400.',
        since: nine,
        end: { by, nextAt: nine + afterMs, probes: 0, integrationSetting: integrationId },
      });

      expect(await send()).toMatchObject({ status: 'waiting', failure: { code: 'INTEGRATION_PAUSED' } });
      expect(world.kombo.posts).toHaveLength(1);
    },
  );

  test('an answer that pauses an integration pauses neither another one nor the account', async () => {
    await meets('INTEGRATION.INACTIVE');
    expect(await send(newFile('workday:Ab1'))).toMatchObject({ status: 'attached' });
    expect(await pauseOf(accountLane)).toBeUndefined();
  });

  test('an answer does not replace the pause that an operator started while the file was being sent', async () => {
    world.kombo.script.push(async () => {
      await world.newCourier().lanes.change(integrationId, (lane) => paused(lane, byOperator));
      return refuses('INTEGRATION.INACTIVE');
    });
    expect(await send()).toMatchObject({ status: 'waiting', failure: { code: 'INTEGRATION.INACTIVE' } });
    expect(await pauseOf()).toEqual(byOperator);
  });

  test("an answer with another cause replaces the pause's cause, and keeps its start and its count of probes", async () => {
    const end = { by: 'probe', nextAt: nine, probes: 3 } as const;
    await courier.lanes.change(integrationId, (lane) => paused(lane, { ...missingRight, end }));
    world.clock.advance(minute);
    world.kombo.script.push(() => refuses('INTEGRATION.INACTIVE'));
    expect(await send(newFile(), { probes: integrationId })).toMatchObject({ status: 'waiting' });
    expect(await pauseOf()).toEqual({
      code: 'INTEGRATION.INACTIVE',
      by: 'kombo',
      reason: 'Kombo answered HTTP 400.',
      since: nine,
      causeSince: nine + minute,
      end: { by: 'unread', nextAt: nine + minute, probes: 3, integrationSetting: integrationId },
    });
  });

  test('a file is settled even when the pause cannot be written; the next file starts the pause', async () => {
    world.kombo.script.push(() => {
      world.table.fail('get', 1);
      return refuses('INTEGRATION.INACTIVE');
    });
    expect(await send()).toMatchObject({ status: 'waiting', failure: { code: 'INTEGRATION.INACTIVE' } });
    expect(await pauseOf()).toBeUndefined();
    await meets('INTEGRATION.INACTIVE');
    expect(await pauseOf()).toMatchObject({ code: 'INTEGRATION.INACTIVE' });
  });
});

describe('an answer that concerns one file', () => {
  test.each(['KOMBO_NOT_FOUND', 'KOMBO_FORBIDDEN', 'PLATFORM.INPUT_INVALID', 'REMOTE.INPUT_INVALID'] as const)(
    'an answer that concerns one file never pauses anything: %s',
    async (code) => {
      for (let file = 1; file <= 4; file += 1) await meets(code);
      expect(await send()).toMatchObject({ status: 'attached' });
    },
  );
});

describe('a fault of the API key or of the address', () => {
  test.each([
    'PLATFORM.AUTHENTICATION_INVALID',
    'KOMBO_UNAUTHORIZED',
    'PLATFORM.IP_NOT_WHITELISTED',
    'KOMBO_REDIRECTED',
    'API_KEY_UNREADABLE',
  ] as const)(
    'a fault of the API key or the address pauses the account immediately, and the key in use is noted: %s',
    async (code) => {
      expect(await meets(code)).toMatchObject({ status: 'waiting', failure: { code } });
      expect(await pauseOf(accountLane)).toMatchObject({
        code,
        by: 'kombo',
        since: nine,
        end: { by: 'unread', nextAt: nine, keyVersion: 'version-1', metIn: integrationId },
      });
      expect(await pauseOf()).toBeUndefined();

      expect(await send(newFile('workday:Ab1'))).toMatchObject({
        status: 'waiting',
        failure: { code: 'INTEGRATION_PAUSED' },
      });
      expect(world.kombo.posts).toHaveLength(1);
    },
  );

  test("a fault of the API key pauses the account even when the key's version cannot be read", async () => {
    world = deliveryWorld({
      current: async () => 'key-1',
      refresh: async () => false,
      version: () => Promise.reject(new Error('Secrets Manager answered nothing.')),
    });
    courier = world.newCourier();
    await meets('PLATFORM.AUTHENTICATION_INVALID');
    expect((await pauseOf(accountLane))?.end).not.toHaveProperty('keyVersion');
  });
});

describe('an outage behind one integration', () => {
  test.each([
    ['REMOTE.RATE_LIMIT_EXCEEDED', 'waiting'],
    ['REMOTE.SERVICE_UNAVAILABLE', 'unknown'],
    ['KOMBO_FAULT', 'unknown'],
    ['PLATFORM.TASK_TIMED_OUT', 'unknown'],
    ['KOMBO_BROKE_OFF', 'waiting'],
    ['ANSWER_TIMED_OUT', 'unknown'],
    ['ANSWER_LOST', 'unknown'],
    ['ANSWER_UNREADABLE', 'unknown'],
    ['PLATFORM.UNKNOWN_ERROR', 'unknown'],
    ['REMOTE.UNKNOWN_HTTP_ERROR', 'unknown'],
  ] as const)(
    'the third outage answer in a row pauses the integration, for a minute at first: %s',
    async (code, status) => {
      expect(await meets(code)).toMatchObject({ status });
      expect(await meets(code)).toMatchObject({ status });
      expect(await pauseOf()).toBeUndefined();

      expect(await meets(code)).toMatchObject({ status });
      expect(await pauseOf()).toMatchObject({
        code,
        by: 'kombo',
        end: { by: 'probe', nextAt: nine + minute, probes: 0 },
      });
      expect(await send()).toMatchObject({ status: 'waiting', attempt: 0 });
      expect(await send(newFile('workday:Ab1'))).toMatchObject({ status: 'attached' });
    },
  );

  test('outage answers are counted together across all their codes', async () => {
    await meets('REMOTE.RATE_LIMIT_EXCEEDED');
    await meets('KOMBO_FAULT');
    await meets('ANSWER_TIMED_OUT');
    expect(await pauseOf()).toMatchObject({ code: 'ANSWER_TIMED_OUT' });
  });

  test.each([
    ['a success', () => send()],
    ['an answer that judges a file', () => meets('REMOTE.INPUT_INVALID')],
  ])('the count of outage answers starts again after %s', async (_, between) => {
    await meets('KOMBO_FAULT');
    await meets('KOMBO_FAULT');
    expect((await laneOf()).outages).toBe(2);
    await between();
    expect((await laneOf()).outages).toBe(0);
    await meets('KOMBO_FAULT');
    await meets('KOMBO_FAULT');
    expect(await pauseOf()).toBeUndefined();
  });

  test('faults on our own side do not count as an outage', async () => {
    const open = async () => fail('STORAGE_UNAVAILABLE', 'S3 answered SlowDown (HTTP 503).');
    const withoutStorage = { ...courier, storage: { ...courier.storage, open } };
    for (let file = 1; file <= 4; file += 1) {
      const upload = newFile();
      world.bucket.clear();
      await send(upload);
      const unread = deliver(newFile(), { deadline: world.deadline() }, withoutStorage);
      expect(await world.run(unread)).toMatchObject({ failure: { code: 'STORAGE_UNAVAILABLE' } });
    }
    expect(await laneOf()).toMatchObject({ outages: 0 });
    expect(await laneOf(accountLane)).toMatchObject({ outages: 0 });
    expect(await pauseOf()).toBeUndefined();
  });

  test("a probe's outage answers are not counted while the lane is paused, and its pause stays as it is", async () => {
    await courier.lanes.change(integrationId, (lane) => paused(lane, missingRight));
    for (let probe = 1; probe <= 4; probe += 1) {
      world.kombo.script.push(losesAnswer);
      expect(await send(newFile(), { probes: integrationId })).toMatchObject({ status: 'unknown' });
    }
    expect(await laneOf()).toMatchObject({ outages: 0, pause: missingRight });
  });
});

describe('an outage of Kombo', () => {
  test.each([
    ['KOMBO_UNREACHABLE', 'waiting'],
    ['KOMBO_CONNECTION_LOST', 'waiting'],
    ['KOMBO_UNAVAILABLE', 'unknown'],
  ] as const)(
    'three calls in a row that meet an outage of Kombo, in any integration, pause the account: %s',
    async (code, status) => {
      expect(await meets(code, {}, 'workday:Ab1')).toMatchObject({ status });
      expect(await meets(code, {}, 'lever:Cd2')).toMatchObject({ status });
      expect(await pauseOf(accountLane)).toBeUndefined();

      expect(await meets(code)).toMatchObject({ status });
      const pause = await pauseOf(accountLane);
      expect(pause).toMatchObject({ code, by: 'kombo', end: { by: 'probe', keyVersion: 'version-1' } });
      expect((pause?.end?.nextAt ?? 0) - (pause?.since ?? 0)).toBe(minute);
      const posts = world.kombo.posts.length;
      expect(await send(newFile('lever:Cd2'))).toMatchObject({ status: 'waiting', attempt: 0 });
      expect(world.kombo.posts).toHaveLength(posts);
    },
  );

  test("the count of Kombo's outages starts again when any integration gets an answer", async () => {
    await meets('KOMBO_UNAVAILABLE');
    await meets('KOMBO_UNAVAILABLE');
    expect(await send(newFile('workday:Ab1'))).toMatchObject({ status: 'attached' });
    await meets('KOMBO_UNAVAILABLE');
    await meets('KOMBO_UNAVAILABLE');
    expect(await pauseOf(accountLane)).toBeUndefined();
  });
});

describe('a rate limit', () => {
  const limit = { retryAfterMs: 57 * second };

  test('a rate limit that two integrations meet in one window pauses the account until the window ends', async () => {
    expect(await meets('PLATFORM.RATE_LIMIT_EXCEEDED', limit)).toMatchObject({ status: 'waiting' });
    expect(await pauseOf(accountLane)).toBeUndefined();
    world.clock.advance(56 * second);
    expect(await meets('PLATFORM.RATE_LIMIT_EXCEEDED', limit, 'workday:Ab1')).toMatchObject({ status: 'waiting' });
    expect(await pauseOf(accountLane)).toMatchObject({
      code: 'PLATFORM.RATE_LIMIT_EXCEEDED',
      end: { by: 'probe', nextAt: nine + 56 * second + minute },
    });
  });

  test('a rate-limited account is never probed before the end that Kombo gave', async () => {
    const long = { retryAfterMs: 10 * minute };
    await meets('PLATFORM.RATE_LIMIT_EXCEEDED', long);
    await meets('PLATFORM.RATE_LIMIT_EXCEEDED', long, 'workday:Ab1');
    expect(await pauseOf(accountLane)).toMatchObject({ end: { nextAt: nine + 10 * minute } });
  });

  test('a rate limit that one integration meets again and again pauses nothing', async () => {
    for (let file = 1; file <= 4; file += 1) await meets('PLATFORM.RATE_LIMIT_EXCEEDED', limit);
    expect(await pauseOf(accountLane)).toBeUndefined();
    expect(await pauseOf()).toBeUndefined();
  });

  test('a rate limit that another integration meets after the window pauses nothing', async () => {
    await meets('PLATFORM.RATE_LIMIT_EXCEEDED', limit);
    world.clock.advance(57 * second);
    await meets('PLATFORM.RATE_LIMIT_EXCEEDED', limit, 'workday:Ab1');
    expect(await pauseOf(accountLane)).toBeUndefined();
  });
});

describe('an integration that Kombo does not know', () => {
  const notFound = 'PLATFORM.INTEGRATION_NOT_FOUND';

  test('an unknown integration that the setting names pauses its lane, and the file waits', async () => {
    expect(await meets(notFound)).toMatchObject({ status: 'waiting', failure: { code: notFound } });
    expect(await pauseOf()).toMatchObject({ code: notFound, end: { by: 'unread', integrationSetting: integrationId } });
    expect(await send()).toMatchObject({ status: 'waiting', attempt: 0 });
  });

  test('an unknown integration that a key names, and to which nothing was ever attached, rejects the file and pauses nothing', async () => {
    const outcome = await meets(notFound, {}, 'greenhouse:Mistyped');
    expect(outcome).toMatchObject({ status: 'rejected', failure: { code: notFound } });
    expect(await pauseOf('greenhouse:Mistyped')).toBeUndefined();
    expect(await send(newFile('greenhouse:Mistyped'))).toMatchObject({ status: 'attached' });
  });

  test('an unknown integration that a key names, and to which something was attached, pauses its lane', async () => {
    await send(newFile('workday:Ab1'));
    expect(await meets(notFound, {}, 'workday:Ab1')).toMatchObject({ status: 'waiting', failure: { code: notFound } });
    expect(await pauseOf('workday:Ab1')).toMatchObject({ code: notFound });
  });

  test('500 mistyped integration ids write no lane, and delay no other file', async () => {
    for (let id = 1; id <= 500; id += 1) {
      world.kombo.script.push(() => refuses(notFound));
      const upload = newFile(`greenhouse:Wrong${id}`);
      expect(await send(upload)).toMatchObject({ status: 'rejected' });
    }
    expect([...world.table.items.keys()].filter((pk) => pk.startsWith(laneKey('')))).toEqual([]);
    expect(await send()).toMatchObject({ status: 'attached' });
  });
});
