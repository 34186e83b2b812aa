import { beforeEach, describe, expect, test } from 'vitest';
import type { FailureCode } from '../../../lib/failures/failures.ts';
import type { KomboFailure } from '../../../lib/kombo/classify-response.ts';
import { accountLane, newLane } from '../../../lib/lane/lane.ts';
import type { PauseEnd } from '../../../lib/lane/pause.ts';
import { listingShows, probeFiles, sendProbe } from '../../../lib/runs/probe.ts';
import { publicUploadId, type Upload } from '../../../lib/upload/upload.ts';
import { hour, integrationId, minute, nine, second, states, target } from '../../fakes/ledger-samples.ts';
import { byOperator, otherIntegration } from '../../fakes/pause-samples.ts';
import { refuses } from '../../fakes/scripted-kombo.ts';
import { type LaneWorld, laneWorld } from '../../worlds/lane-world.ts';

/** The files that show whether a pause is over, and what a listing or an answer about one shows. */

let world: LaneWorld;
beforeEach(() => {
  world = laneWorld();
});

const optionsOf = (durationMs = 5 * minute) => ({
  deadline: world.deadline(durationMs),
  parallelism: 4,
  worstCaseMs: minute,
});
const end: PauseEnd = { by: 'probe', nextAt: nine, probes: 0 };
const filesFor = (id: string, change: Partial<PauseEnd> = {}, durationMs?: number) =>
  probeFiles(newLane(id), { ...end, ...change }, optionsOf(durationMs), world.newCourier());
const idsOf = ({ sendable }: Awaited<ReturnType<typeof probeFiles>>) => sendable.map((its) => its.target?.id);
const queries = () => world.table.calls.filter((call) => call === 'query').length;

describe('the files of a probe', () => {
  test('the files of a probe of one lane are its own, and the file of the latest probe comes last', async () => {
    world.addWaiting('OTHER', { id: otherIntegration });
    const [first, second_] = ['GRK1', 'GRK2', 'GRK3'].map((name, place) =>
      world.addWaiting(name, { dueAt: nine + place }),
    );
    expect(idsOf(await filesFor(integrationId))).toEqual(['GRK1', 'GRK2', 'GRK3']);
    const after = async (upload: Upload | undefined) =>
      idsOf(await filesFor(integrationId, upload ? { probedId: publicUploadId(upload) } : {}));
    expect(await after(first)).toEqual(['GRK2', 'GRK3', 'GRK1']);
    expect(await after(second_)).toEqual(['GRK1', 'GRK3', 'GRK2']);
  });

  test('the files of a probe are at most five', async () => {
    for (let number = 0; number < 8; number += 1) world.addWaiting(`GRK${number}`);
    expect(idsOf(await filesFor(integrationId))).toHaveLength(5);
  });

  test('the files of a probe are waiting or unknown in the table, whatever a late index shows', async () => {
    world.addWaiting('GRK1');
    const { query } = world.table;
    const page = await query({ index: 'byWork', hash: `wait#${integrationId}`, limit: 9 });
    world.addWaiting('GRK1', { state: states.attached });
    world.table.query = async (asked) =>
      asked.index === 'byWork' && asked.hash === `wait#${integrationId}` ? page : query(asked);
    expect(await filesFor(integrationId)).toEqual({ sendable: [], unknown: [] });
  });

  test('the files of a probe do not include one that may have been sent before a restore of the table', async () => {
    world.addWaiting('GRK1');
    world.setLane({ restored: { since: nine - hour, at: nine + hour, reason: 'A test.' } }, accountLane);
    const { sendable, target: listed } = await filesFor(integrationId);
    expect([sendable, listed?.id]).toEqual([[], 'GRK1']);
  });
});

describe('the lane that a pause of the account is probed with', () => {
  const ids = ['a:1', 'b:2', 'c:3'];
  const fill = (): void => {
    for (const [place, id] of ids.entries()) {
      world.addWaiting(id, { id });
      world.setLane({ nextAt: nine + place, counts: { waiting: 1, unknown: 0, at: nine } }, id);
    }
  };

  test.each([
    [0, undefined, 'a:1'],
    [1, undefined, 'b:2'],
    [2, undefined, 'c:3'],
    [3, undefined, 'a:1'],
    [25, undefined, 'a:1'],
    [27, undefined, 'c:3'],
    [0, 'b:2', 'b:2'],
    [1, 'b:2', 'a:1'],
    [2, 'b:2', 'c:3'],
  ])('probe %i of the account, whose cause was met in %s, takes the lane %s', async (probes, metIn, id) => {
    fill();
    expect(idsOf(await filesFor(accountLane, { probes, ...(metIn && { metIn }) }))).toEqual([id]);
  });

  test('a probe of the account reads no more lanes than it needs', async () => {
    fill();
    world.table.calls.length = 0;
    await filesFor(accountLane);
    // A page of the directory, and one of the lane.
    expect(queries()).toBe(2);
  });

  test('a probe of the account without any file reads every lane once, and not that of the account', async () => {
    world.setLane({ pause: { ...byOperator, by: 'kombo', end } }, accountLane);
    for (const id of ids) world.setLane({ nextAt: nine }, id);
    world.table.calls.length = 0;
    expect(await filesFor(accountLane)).toEqual({ sendable: [], unknown: [] });
    // Two parts of the directory, and two of each lane.
    expect(queries()).toBe(2 + 2 * 3);
  });

  test.each([
    ['an operator has paused', { counts: { waiting: 1, unknown: 0, at: nine } }, {}],
    ['an operator has paused, and that was never counted', {}, {}],
    ['an operator has paused, although it met the cause', {}, { metIn: integrationId }],
  ])('a probe of the account takes no file of a lane that %s', async (_, lane, change) => {
    world.addWaiting('GRK1');
    world.setLane({ pause: byOperator, ...lane });
    expect(await filesFor(accountLane, change)).toEqual({ sendable: [], unknown: [] });
  });

  test('a probe of the account takes no file of a lane that cannot be read', async () => {
    world.addWaiting('GRK1');
    const item = world.table.items.get(`lane#${integrationId}`);
    if (item) world.table.items.set(item.pk, { ...item, document: '{' });
    expect(await filesFor(accountLane)).toEqual({ sendable: [], unknown: [] });
  });

  test('a probe of the account prefers a file that may be sent to a lost answer in an earlier lane, and that to nothing', async () => {
    const counts = { waiting: 1, unknown: 0, at: nine };
    world.setLane({ nextAt: nine, counts }, 'a:1');
    world.addWaiting('LOST', { id: 'b:2', state: states.unknown });
    world.setLane({ nextAt: nine + 1, counts }, 'b:2');
    expect((await filesFor(accountLane)).target?.id).toBe('LOST');
    world.addWaiting('GRK1', { id: 'c:3' });
    world.setLane({ nextAt: nine + 2, counts }, 'c:3');
    expect(idsOf(await filesFor(accountLane))).toEqual(['GRK1']);
  });

  test.each([
    ['that had no files', 250, { waiting: 0, unknown: 0, at: nine }, { waiting: 1, unknown: 1, at: nine }, true],
    [
      'that have lost theirs since, 199',
      199,
      { waiting: 1, unknown: 0, at: nine },
      { waiting: 1, unknown: 0, at: nine },
      true,
    ],
    [
      'that have lost theirs since, 200',
      200,
      { waiting: 1, unknown: 0, at: nine },
      { waiting: 1, unknown: 0, at: nine },
      false,
    ],
  ])(
    'a probe of the account looks into 200 lanes at most: behind lanes %s',
    async (_, idle, empty, filled, isFound) => {
      for (let number = 0; number < idle; number += 1)
        world.setLane({ nextAt: nine - hour, counts: empty }, `idle:${number}`);
      world.addWaiting('GRK1');
      world.setLane({ nextAt: nine, counts: filled });
      expect(idsOf(await filesFor(accountLane))).toEqual(isFound ? ['GRK1'] : []);
    },
  );

  test('a probe of the account looks into one lane when time is short', async () => {
    fill();
    world.table.calls.length = 0;
    await filesFor(accountLane, { probes: 2 }, 30 * second);
    expect(queries()).toBe(2);
  });
});

describe('what a listing shows about the cause of a pause', () => {
  const shows = (id: string, cause: FailureCode, code?: KomboFailure['code']) => {
    if (code) world.kombo.listing = () => ({ ok: false, failure: { code, detail: 'x' }, concurrency: {} });
    return listingShows(id, cause, target, optionsOf(), world.newCourier());
  };

  test.each<[string, FailureCode, KomboFailure['code'] | undefined, string]>([
    [integrationId, 'INTEGRATION.QA_FAILED', undefined, 'gone'],
    [integrationId, 'REMOTE.SERVICE_UNAVAILABLE', 'INTEGRATION.PERMISSION_MISSING', 'gone'],
    [integrationId, 'REMOTE.SERVICE_UNAVAILABLE', 'PLATFORM.RATE_LIMIT_EXCEEDED', 'there'],
    [integrationId, 'REMOTE.SERVICE_UNAVAILABLE', 'PLATFORM.AUTHENTICATION_INVALID', 'there'],
    [integrationId, 'INTEGRATION.QA_FAILED', 'INTEGRATION.QA_FAILED', 'there'],
    [integrationId, 'INTEGRATION.QA_FAILED', 'KOMBO_UNREACHABLE', 'no answer'],
    [integrationId, 'INTEGRATION.QA_FAILED', 'KOMBO_NOT_FOUND', 'nothing'],
    [accountLane, 'PLATFORM.AUTHENTICATION_INVALID', 'INTEGRATION.QA_FAILED', 'gone'],
    [accountLane, 'KOMBO_UNREACHABLE', 'PLATFORM.INTEGRATION_NOT_FOUND', 'gone'],
    [accountLane, 'PLATFORM.RATE_LIMIT_EXCEEDED', 'PLATFORM.INTEGRATION_NOT_FOUND', 'gone'],
    [accountLane, 'PLATFORM.AUTHENTICATION_INVALID', 'PLATFORM.INTEGRATION_NOT_FOUND', 'nothing'],
    [accountLane, 'KOMBO_UNREACHABLE', 'KOMBO_UNREACHABLE', 'there'],
  ])(
    'in the lane %s, paused because of %s, a listing that ends with %s shows: %s',
    async (id, cause, code, expected) => {
      expect(await shows(id, cause, code)).toBe(expected);
    },
  );
});

describe('the sending of a probe', () => {
  const probe = async (id: string, code: FailureCode, durationMs?: number) =>
    world.run(sendProbe(id, await filesFor(integrationId), code, optionsOf(durationMs), world.newCourier()));

  test.each<[string, string, KomboFailure['code'], boolean, number]>([
    ['Kombo has judged the file, so the cause is gone', integrationId, 'REMOTE.INPUT_INVALID', true, 1],
    ['Kombo throttles, so the cause may remain', integrationId, 'PLATFORM.RATE_LIMIT_EXCEEDED', false, 1],
    ['the cause remains', integrationId, 'INTEGRATION.QA_FAILED', false, 1],
    [
      'a mistyped id shows nothing about the account, so the next file goes',
      accountLane,
      'PLATFORM.INTEGRATION_NOT_FOUND',
      false,
      2,
    ],
  ])('a probe ends with %s', async (_, id, code, hasEnded, posts) => {
    for (const name of ['GRK1', 'GRK2']) world.addWaiting(name);
    world.kombo.script.shift = () => () => refuses(code, { retryAfterMs: minute });
    const ended = await probe(id, 'INTEGRATION.QA_FAILED');
    expect([ended.hasEnded, world.newPosts(), ended.outcomes.length]).toEqual([hasEnded, posts, posts]);
  });

  const refused = { code: 'REMOTE.INPUT_INVALID', detail: 'Kombo answered HTTP 400.' } as const;
  test.each([
    ['held', { ...states.held, failure: refused }, 'unchanged'],
    ['attached', states.attached, 'already-attached'],
  ] as const)('a probe of a file that another invocation has %s meanwhile shows nothing', async (_, state, status) => {
    const upload = world.addWaiting('GRK1');
    const files = await filesFor(integrationId);
    world.addWaiting('GRK1', { state, change: { version: 2 } });
    const ended = await world.run(
      sendProbe(integrationId, files, 'INTEGRATION.QA_FAILED', optionsOf(), world.newCourier()),
    );
    expect(ended).toMatchObject({ hasEnded: false, outcomes: [{ status, upload: { key: upload.key } }] });
  });

  test('a probe of the account with a file that is rejected for a mistyped id shows nothing', async () => {
    world.addWaiting('GRK1', { id: 'greenhouse:Mistyped' });
    world.kombo.script.shift = () => () => refuses('PLATFORM.INTEGRATION_NOT_FOUND');
    const files = await filesFor('greenhouse:Mistyped');
    const ended = await world.run(sendProbe(accountLane, files, 'KOMBO_UNREACHABLE', optionsOf(), world.newCourier()));
    expect(ended).toMatchObject({ hasEnded: false, outcomes: [{ status: 'rejected' }] });
  });

  test('a probe without time sends and reads nothing', async () => {
    world.addWaiting('GRK1');
    expect(await probe(integrationId, 'INTEGRATION.QA_FAILED', 30 * second)).toEqual({ hasEnded: false, outcomes: [] });
    expect(world.newPosts()).toBe(0);
  });

  test.each([
    ['now', nine, 5 * minute, 1],
    ['later', nine + 1, 5 * minute, 0],
    ['now, without time', nine, 30 * second, 0],
  ])(
    'a probe of an outage with a lost answer looks it up when it is due: %s',
    async (_, dueAt, durationMs, listings) => {
      world.addWaiting('GRK1', { state: { ...states.unknown, dueAt } });
      const { hasEnded, outcomes } = await probe(integrationId, 'REMOTE.SERVICE_UNAVAILABLE', durationMs);
      expect([hasEnded, outcomes.length, world.kombo.listings.length]).toEqual([false, listings, listings]);
    },
  );
});
