import { beforeEach, describe, expect, test } from 'vitest';
import type { FailureCode } from '../../../lib/failures/failures.ts';
import { noteAnswer, noteListed } from '../../../lib/lane/note-answer.ts';
import { learnTool } from '../../fakes/known-tool.ts';
import { integrationId, minute, nine } from '../../fakes/ledger-samples.ts';
import { otherIntegration } from '../../fakes/pause-samples.ts';
import { type LaneWorld, laneWorld } from '../../worlds/lane-world.ts';

let world: LaneWorld;
beforeEach(() => {
  world = laneWorld();
});

const note = async (code?: FailureCode, { id = integrationId, retryAfterMs = 0, courier = world.newCourier() } = {}) =>
  noteAnswer(
    id,
    {
      ...(code && { failure: { code, detail: 'Kombo answered.' } }),
      ...(retryAfterMs > 0 && { retryAfterMs }),
    },
    courier,
  );
const pauseOf = (id?: string): string | undefined => world.lane(id).pause?.code;

test('an answer that every file of the integration would get pauses its lane, which counts as touched', async () => {
  await note('INTEGRATION.INACTIVE');
  expect(world.lane()).toMatchObject({ touchedAt: nine, pause: { code: 'INTEGRATION.INACTIVE', by: 'kombo' } });
  expect(pauseOf('*')).toBeUndefined();
});

test('an answer about the integration pauses its lane, even if its id may be a mistake in a key', async () => {
  await note('INTEGRATION.INACTIVE', { id: otherIntegration });
  expect(pauseOf(otherIntegration)).toBe('INTEGRATION.INACTIVE');
});

test('a refused API key pauses the account, and its version is kept with the pause', async () => {
  await note('PLATFORM.AUTHENTICATION_INVALID');
  expect(world.lane('*').pause?.end).toMatchObject({
    keyVersion: 'version-1',
    integrationSetting: integrationId,
    metIn: integrationId,
  });
  expect(pauseOf()).toBeUndefined();
});

test('a secret that cannot be read does not prevent the pause from being written', async () => {
  const { apiKey, ...courier } = world.newCourier();
  const silent = { ...apiKey, version: () => Promise.reject(new Error('Secrets Manager does not answer.')) };
  await note('API_KEY_UNREADABLE', { courier: { ...courier, apiKey: silent } });
  expect(world.lane('*').pause?.code).toBe('API_KEY_UNREADABLE');
  expect(world.lane('*').pause?.end).not.toHaveProperty('keyVersion');
});

describe('three answers in a row that report an outage', () => {
  test.each<[FailureCode, string]>([
    ['REMOTE.SERVICE_UNAVAILABLE', integrationId],
    ['KOMBO_FAULT', integrationId],
    ['KOMBO_UNREACHABLE', '*'],
    ['KOMBO_UNAVAILABLE', '*'],
  ])('three answers in a row with %s pause the lane %s', async (code, id) => {
    await note(code);
    await note(code);
    expect(pauseOf(id)).toBeUndefined();
    await note(code);
    expect(pauseOf(id)).toBe(code);
    // A changed key ends a pause of everything early, whatever its cause.
    expect(world.lane(id).pause?.end?.keyVersion).toBe(id === '*' ? 'version-1' : undefined);
  });

  test('answers that report an outage are not in a row when a file was delivered between them', async () => {
    for (const code of ['KOMBO_FAULT', 'KOMBO_FAULT', undefined, 'KOMBO_FAULT'] as const) await note(code);
    expect(world.lane()).toMatchObject({ outages: 1 });
    expect(pauseOf()).toBeUndefined();
  });

  test.each(['STORAGE_UNAVAILABLE', 'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED'] as const)(
    'answers that report an outage are in a row despite %s between them, which says nothing about the ATS',
    async (code) => {
      for (const answer of ['KOMBO_FAULT', 'KOMBO_FAULT', code, 'KOMBO_FAULT'] as const) await note(answer);
      expect(pauseOf()).toBe('KOMBO_FAULT');
    },
  );

  test('answers that report an outage are in a row although Kombo did not know the integration of a key between them', async () => {
    for (const code of ['KOMBO_FAULT', 'KOMBO_FAULT', 'PLATFORM.INTEGRATION_NOT_FOUND', 'KOMBO_FAULT'] as const)
      await note(code, { id: otherIntegration });
    expect(pauseOf(otherIntegration)).toBe('KOMBO_FAULT');
  });

  test('outage answers of the account are in a row although the bucket failed between them', async () => {
    for (const code of ['KOMBO_UNREACHABLE', 'KOMBO_UNREACHABLE', 'STORAGE_UNAVAILABLE', 'KOMBO_UNREACHABLE'] as const)
      await note(code);
    expect(pauseOf('*')).toBe('KOMBO_UNREACHABLE');
  });

  test('answers that report an outage are not in a row when the ATS judged a file between them, whatever it said', async () => {
    for (const code of ['KOMBO_FAULT', 'KOMBO_FAULT', 'REMOTE.INPUT_INVALID', 'KOMBO_FAULT'] as const) await note(code);
    expect(pauseOf()).toBeUndefined();
  });

  test('outage answers of the account are not in a row when Kombo accepted the key of any integration between them', async () => {
    await note('KOMBO_UNREACHABLE');
    await note('KOMBO_UNREACHABLE', { id: otherIntegration });
    await note('INTEGRATION.INACTIVE', { id: otherIntegration });
    await note('KOMBO_UNREACHABLE');
    expect(pauseOf('*')).toBeUndefined();
  });
});

describe('a tool that lists files', () => {
  const listed = (courier = world.newCourier()) => noteListed(integrationId, courier);

  test('a listing of files takes back lost answers, so that lost answers with listings between them never pause', async () => {
    for (let file = 1; file <= 6; file += 1) {
      await note('ANSWER_LOST');
      expect(world.lane()).toMatchObject({ outages: 1 });
      await listed();
      expect(world.lane()).toMatchObject({ outages: 0 });
    }
    expect(pauseOf()).toBeUndefined();
  });

  test('a listing of files takes back no answer that says that the tool accepts no files: three of these pause', async () => {
    for (let file = 1; file <= 3; file += 1) {
      expect(pauseOf()).toBeUndefined();
      await note('REMOTE.SERVICE_UNAVAILABLE');
      await listed();
    }
    expect(pauseOf()).toBe('REMOTE.SERVICE_UNAVAILABLE');
  });

  test('a listing of files usually costs a read of both lanes', async () => {
    await listed();
    expect(world.table.calls).toEqual(['get', 'get']);
  });

  test('a listing of files does not fail the look when the table does not answer, or the lane cannot be read', async () => {
    const courier = world.newCourier();
    world.table.fail('get', 2);
    await expect(listed(courier)).resolves.toBeUndefined();
    world.table.items.set(`lane#${integrationId}`, { pk: `lane#${integrationId}`, version: 3, document: '{' });
    await expect(listed(courier)).resolves.toBeUndefined();
    expect(world.table.calls).not.toContain('put');
  });
});

describe('a rate limit', () => {
  const limited = (id: string) => note('PLATFORM.RATE_LIMIT_EXCEEDED', { id, retryAfterMs: minute });

  test('a rate limit that two integrations meet in one window pauses the account', async () => {
    await limited(integrationId);
    world.clock.advance(30_000);
    await limited(otherIntegration);
    expect(pauseOf('*')).toBe('PLATFORM.RATE_LIMIT_EXCEEDED');
    expect(world.lane('*').pause?.end).toMatchObject({ keyVersion: 'version-1', metIn: otherIntegration });
  });

  test('a rate limit that two integrations meet in different windows pauses nothing', async () => {
    await limited(integrationId);
    world.clock.advance(minute);
    await limited(otherIntegration);
    expect(pauseOf('*')).toBeUndefined();
  });

  test('a limit on concurrent calls says nothing about other integrations', async () => {
    for (const id of [integrationId, otherIntegration])
      await note('PLATFORM.CONCURRENCY_LIMIT_EXCEEDED', { id, retryAfterMs: minute });
    expect(world.table.items.size).toBe(0);
  });
});

test('a success usually costs a read of both lanes', async () => {
  await note();
  expect(world.table.calls).toEqual(['get', 'get']);
});

test('a table that does not answer does not fail the delivery', async () => {
  world.table.fail('put', 9);
  world.table.fail('get', 9);
  await expect(note('INTEGRATION.INACTIVE')).resolves.toBeUndefined();
});

test('twenty files that meet the same failure concurrently start one pause', async () => {
  await Promise.all(Array.from({ length: 20 }, () => note('INTEGRATION.PERMISSION_MISSING')));
  expect(world.lane()).toMatchObject({ version: 1, pause: { code: 'INTEGRATION.PERMISSION_MISSING' } });
});

test('an id that Kombo does not know pauses its lane when the setting names it, because then it is not a mistake in a key', async () => {
  await note('PLATFORM.INTEGRATION_NOT_FOUND');
  expect(pauseOf()).toBe('PLATFORM.INTEGRATION_NOT_FOUND');
});

test('an id that Kombo does not know pauses nothing when it may be a mistake in a key, even if its file was not rejected', async () => {
  await note('PLATFORM.INTEGRATION_NOT_FOUND', { id: otherIntegration });
  expect(world.lane(otherIntegration)).toMatchObject({ touchedAt: nine, outages: 0 });
  expect(pauseOf(otherIntegration)).toBeUndefined();
  learnTool(world);
  await note('PLATFORM.INTEGRATION_NOT_FOUND', { courier: world.newCourier({ integrationId: otherIntegration }) });
  expect(pauseOf()).toBe('PLATFORM.INTEGRATION_NOT_FOUND');
});
