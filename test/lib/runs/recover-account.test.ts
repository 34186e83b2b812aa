import { beforeEach, describe, expect, test } from 'vitest';
import type { Pause } from '../../../lib/lane/pause.ts';
import { hour, integrationId, minute, nine, second } from '../../fakes/ledger-samples.ts';
import { otherIntegration } from '../../fakes/pause-samples.ts';
import { refuses } from '../../fakes/scripted-kombo.ts';
import { keyOf, type LaneWorld, laneWorld } from '../../worlds/lane-world.ts';

/** The pause of everything behind the API key, and pauses that end because a setting changed. */

let world: LaneWorld;
beforeEach(() => {
  world = laneWorld();
});

const probing = (code: Pause['code'], nextAt = nine): Pause => ({
  code,
  by: 'kombo',
  reason: 'Kombo answered.',
  since: nine,
  end: { by: 'probe', nextAt, probes: 0 },
});

describe('a pause of the account', () => {
  test('during a pause of the account no integration is asked; it ends before theirs', async () => {
    world.setLane({ pause: probing('KOMBO_UNREACHABLE', nine + minute) }, '*');
    world.setLane({ pause: { ...probing('INTEGRATION.INACTIVE'), end: { by: 'unread', nextAt: nine, probes: 0 } } });
    world.addWaiting('GRK1');
    world.addWaiting('GRK2', { id: otherIntegration });
    world.kombo.described = () => ({ ok: true, value: { status: 'INACTIVE' }, concurrency: {} });
    await world.recover();
    expect(world.kombo.readings).toEqual([]);
    world.clock.advance(minute);
    expect((await world.recover()).opened).toEqual(['*']);
    expect(world.kombo.readings).toEqual([integrationId]);
  });

  test('a pause of the account ends when Kombo answers about the integration, because it accepted the key; that integration is paused', async () => {
    world.setLane({ pause: probing('PLATFORM.AUTHENTICATION_INVALID') }, '*');
    world.addWaiting('GRK1');
    world.kombo.script.push(() => refuses('INTEGRATION.INACTIVE'));
    world.kombo.described = () => ({ ok: true, value: { status: 'INACTIVE' }, concurrency: {} });
    expect((await world.recover()).opened).toEqual(['*']);
    expect(world.lane().pause?.code).toBe('INTEGRATION.INACTIVE');
  });

  test.each(['KOMBO_UNREACHABLE', 'PLATFORM.RATE_LIMIT_EXCEEDED', 'PLATFORM.AUTHENTICATION_INVALID'] as const)(
    'a pause of the account is not ended by an answer that proves nothing: %s',
    async (code) => {
      world.setLane({ pause: probing('PLATFORM.AUTHENTICATION_INVALID') }, '*');
      for (const name of ['GRK1', 'GRK2']) world.addWaiting(name);
      world.kombo.script.shift = () => () => refuses(code, { retryAfterMs: minute });
      expect((await world.recover()).opened).toEqual([]);
      expect(world.newPosts()).toBe(1);
      expect(world.lane('*').pause).toBeDefined();
    },
  );

  test('a pause of the account also ends when all files wait in paused lanes', async () => {
    world.addWaiting('GRK1');
    world.setLane({ pause: probing('INTEGRATION.QA_FAILED', nine + hour) });
    world.setLane({ pause: probing('KOMBO_UNREACHABLE') }, '*');
    world.kombo.script.push(() => refuses('INTEGRATION.QA_FAILED'));
    expect((await world.recover()).opened).toEqual(['*']);
    expect(world.lane().pause?.code).toBe('INTEGRATION.QA_FAILED');
  });

  test('a pause of the account ends when the ATS of the sent file is down, because Kombo had to be up to report it', async () => {
    world.setLane({ pause: probing('KOMBO_UNAVAILABLE') }, '*');
    world.addWaiting('GRK1');
    world.kombo.script.push(() => refuses('REMOTE.SERVICE_UNAVAILABLE'));
    expect((await world.recover()).opened).toEqual(['*']);
  });

  test('a pause of the account is probed with another lane in the next run when a file did not reach Kombo', async () => {
    world.setLane({ pause: probing('PLATFORM.AUTHENTICATION_INVALID') }, '*');
    const first = world.addWaiting('GRK1');
    world.addWaiting('GRK2', { id: otherIntegration });
    const { storage, ...courier } = world.newCourier();
    const unreadable = { ok: false, error: { code: 'STORAGE_UNAVAILABLE', detail: 'S3 did not answer.' } } as const;
    const open: typeof storage.open = async (...asked) =>
      asked[0].key === first.key ? unreadable : storage.open(...asked);
    const recover = () => world.recover({ courier: { ...courier, storage: { ...storage, open } } });
    expect((await recover()).opened).toEqual([]);
    expect(world.kombo.posts).toEqual([]);
    expect(world.lane('*').pause?.end?.nextAt).toBe(nine + 10 * second);
    world.clock.advance(5 * minute);
    expect((await recover()).opened).toEqual(['*']);
    expect(world.kombo.posts).toMatchObject([{ integrationId: otherIntegration }]);
  });

  test('an account whose record cannot be read counts as paused: no integration is asked', async () => {
    const item = { pk: 'lane#*', version: 1, workShard: 'lanes#paused', workAt: nine, document: '{' };
    world.table.items.set(item.pk, item);
    world.addWaiting('GRK1');
    world.setLane({ pause: probing('INTEGRATION.QA_FAILED') });
    expect(await world.runAll()).toMatchObject({ outcomes: {} });
    expect(await world.recover()).toEqual({ outcomes: [], opened: [], unreadable: 1 });
    expect(world.kombo.listings).toEqual([]);
    expect(world.kombo.posts).toEqual([]);
  });
});

describe('a changed API key', () => {
  test('a changed API key sends one file immediately, long before the next probe', async () => {
    const end = { by: 'probe', nextAt: nine + hour, probes: 5, keyVersion: 'version-1' } as const;
    world.setLane({ pause: { ...probing('PLATFORM.AUTHENTICATION_INVALID'), end } }, '*');
    for (const name of ['GRK1', 'GRK2', 'GRK3']) world.addWaiting(name);
    await world.recover();
    expect(world.newPosts()).toBe(0);
    world.key.version = 'version-2';
    expect((await world.recover()).opened).toEqual(['*']);
    expect(world.newPosts()).toBe(1);
  });

  test('a changed API key that is refused as well costs one file, once', async () => {
    const end = { by: 'probe', nextAt: nine + hour, probes: 5, keyVersion: 'version-1' } as const;
    world.setLane({ pause: { ...probing('PLATFORM.AUTHENTICATION_INVALID'), end } }, '*');
    for (const name of ['GRK1', 'GRK2']) world.addWaiting(name);
    world.key.version = 'version-2';
    world.kombo.script.push(() => refuses('PLATFORM.AUTHENTICATION_INVALID'));
    expect((await world.recover()).opened).toEqual([]);
    world.clock.advance(5 * minute);
    await world.recover();
    expect(world.newPosts()).toBe(1);
    expect(world.lane('*').pause?.end).toMatchObject({ keyVersion: 'version-2' });
  });

  test('a changed API key whose store does not answer changes nothing', async () => {
    const end = { by: 'probe', nextAt: nine + hour, probes: 5, keyVersion: 'version-1' } as const;
    world.setLane({ pause: { ...probing('PLATFORM.AUTHENTICATION_INVALID'), end } }, '*');
    world.addWaiting('GRK1');
    const courier = world.newCourier();
    const apiKey = { ...courier.apiKey, version: () => Promise.reject(new Error('Secrets Manager does not answer.')) };
    expect((await world.recover({ courier: { ...courier, apiKey } })).opened).toEqual([]);
    expect(world.newPosts()).toBe(0);
    expect(world.lane('*').pause?.end).toEqual(end);
  });
});

describe('a changed KOMBO_INTEGRATION_ID', () => {
  const typo = 'greenhouse:typo';
  const names = ['GRK1', 'GRK2', 'GRK3'];
  const pausedByTypo = (): void => {
    for (const name of names) {
      world.addWaiting(name, { id: typo });
      const [wrong] = [...world.bucket.keys()].filter((key) => key === keyOf(name, typo));
      expect(wrong).toBeDefined();
    }
    const end = { by: 'reading', nextAt: nine + 4 * minute, probes: 0, integrationSetting: typo } as const;
    world.setLane({ pause: { ...probing('PLATFORM.INTEGRATION_NOT_FOUND'), end } }, typo);
  };

  test('a changed KOMBO_INTEGRATION_ID sends one file as soon as the run reads the lane, and the lane opens', async () => {
    pausedByTypo();
    world.kombo.described = () => ({
      ok: false,
      failure: { code: 'PLATFORM.INTEGRATION_NOT_FOUND', detail: 'Kombo answered HTTP 404.' },
      concurrency: {},
    });
    world.clock.advance(5 * minute);
    await world.recover({ settings: { integrationId: typo } });
    expect(world.newPosts()).toBe(0);
    world.clock.advance(5 * minute);
    expect((await world.recover()).opened).toEqual([typo]);
    expect(world.newPosts()).toBe(1);
    expect(world.kombo.readings).toHaveLength(1);
  });

  test('a changed KOMBO_INTEGRATION_ID that a pause did not keep is noticed by the target of its file: nothing is read or listed', async () => {
    world.addWaiting('GRK1', { change: { target: { kind: 'candidate', id: 'GRK1', integrationId: typo } } });
    world.setLane(
      {
        touchedAt: nine,
        nextAt: nine,
        pause: { ...probing('INTEGRATION.INACTIVE'), end: { by: 'unread', nextAt: nine, probes: 0 } },
      },
      typo,
    );
    expect((await world.recover()).opened).toEqual([typo]);
    expect([world.kombo.readings, world.kombo.listings]).toEqual([[], []]);
  });

  test('a changed KOMBO_INTEGRATION_ID sends each waiting file to the integration that its key names then', async () => {
    const courier = world.newCourier({ integrationId: typo });
    for (const name of names) {
      const upload = world.put(`candidates/${name}/CV.pdf`, { etag: `etag-${name}` });
      const target = { kind: 'candidate', id: name, integrationId: typo } as const;
      const failure = { code: 'INTEGRATION_PAUSED', detail: 'x' } as const;
      await courier.lanes.touch(typo);
      await courier.ledger.postpone({ kind: 'postponed', upload, target, attachmentType: 'CV', failure, dueAt: nine });
    }
    const end = { by: 'reading', nextAt: nine, probes: 0, integrationSetting: typo } as const;
    world.setLane({ pause: { ...probing('PLATFORM.INTEGRATION_NOT_FOUND'), end } }, typo);
    await world.runAll();
    expect(world.kombo.standing.map(({ target }) => target.integrationId)).toEqual(names.map(() => integrationId));
  });
});
