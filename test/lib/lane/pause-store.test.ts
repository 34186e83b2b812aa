import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Pause } from '../../../lib/lane/pause.ts';
import { type PauseStore, pausesOn } from '../../../lib/lane/pause-store.ts';
import type { Table } from '../../../lib/ledger/table.ts';
import { integrationId, minute, nine } from '../../fakes/ledger-samples.ts';
import { type LocalDynamo, startLocalDynamo } from '../../fakes/local-table.ts';
import { type ManualClock, manualClock } from '../../fakes/manual-clock.ts';
import {
  byOperator,
  missingRight,
  onlyPause,
  otherIntegration,
  resumed,
  syncPending,
} from '../../fakes/pause-samples.ts';

let dynamo: LocalDynamo;
let clock: ManualClock;
let table: Table;
let pauses: PauseStore;
beforeAll(async () => {
  dynamo = await startLocalDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  clock = manualClock(nine);
  ({ table } = await dynamo.newTable());
  pauses = pausesOn(table, clock);
});

/** As another function sees it, with a view of its own. */
const elsewhere = (): PauseStore => pausesOn(table, clock);

const only = (): Promise<Pause> => onlyPause(pauses);

describe('a pause', () => {
  test('records what began it, who, why and when', async () => {
    await pauses.begin(missingRight);
    expect(await only()).toEqual({
      scope: integrationId,
      state: 'open',
      code: 'INTEGRATION.PERMISSION_MISSING',
      by: 'kombo',
      reason: 'Kombo answered HTTP 403.',
      since: nine,
      version: 1,
    });
  });

  test('records who ended it, why and when', async () => {
    await pauses.begin(missingRight);
    clock.advance(5 * minute);
    expect(await pauses.end(integrationId, resumed)).toMatchObject({
      state: 'releasing',
      since: nine,
      ended: { by: 'operator', reason: 'The right was granted.', at: nine + 5 * minute },
    });
  });

  test('stops its integration and no other', async () => {
    await pauses.begin(missingRight);
    expect(await elsewhere().stopping(integrationId)).toMatchObject({ scope: integrationId });
    expect(await elsewhere().stopping(otherIntegration)).toBeUndefined();
  });

  test('of the account stops all, and is the one that is named', async () => {
    await pauses.begin(missingRight);
    await pauses.begin({
      ...missingRight,
      scope: 'account',
      code: 'PLATFORM.AUTHENTICATION_INVALID',
      selfHealing: true,
    });
    expect(await elsewhere().stopping(integrationId)).toMatchObject({ scope: 'account' });
    expect(await elsewhere().stopping(otherIntegration)).toMatchObject({ scope: 'account' });
  });

  test('that ended stops nothing any more, while its files are released', async () => {
    await pauses.begin(missingRight);
    await pauses.end(integrationId, resumed);
    expect(await elsewhere().stopping(integrationId)).toBeUndefined();
    expect(await only()).toMatchObject({ state: 'releasing' });
  });

  test('that is closed is listed no more, and kept for the record', async () => {
    await pauses.begin(missingRight);
    const ended = await pauses.end(integrationId, resumed);
    if (ended) await pauses.close(ended);
    expect(await pauses.list()).toEqual([]);
    expect(await table.get(`pause#${integrationId}`)).toMatchObject({ status: 'pause closed', version: 3 });
  });

  test('that is open cannot be closed: its files were not released', async () => {
    await pauses.begin(missingRight);
    await pauses.close(await only());
    expect(await only()).toMatchObject({ state: 'open' });
  });

  test('can begin again after it was closed', async () => {
    await pauses.begin(missingRight);
    const ended = await pauses.end(integrationId, resumed);
    if (ended) await pauses.close(ended);
    clock.advance(minute);
    await pauses.begin(syncPending);
    expect(await only()).toMatchObject({ state: 'open', since: nine + minute, version: 4 });
    expect(await only()).not.toHaveProperty('ended');
  });

  test('can begin again while the files of the last one are released', async () => {
    await pauses.begin(missingRight);
    await pauses.end(integrationId, resumed);
    await pauses.begin(missingRight);
    expect(await only()).toMatchObject({ state: 'open', version: 3 });
  });

  test('that nobody began cannot be ended', async () => {
    expect(await pauses.end(integrationId, resumed)).toBeUndefined();
  });

  test('that was ended cannot be ended once more', async () => {
    await pauses.begin(missingRight);
    await pauses.end(integrationId, resumed);
    expect(await pauses.end(integrationId, resumed)).toBeUndefined();
  });
});

describe('an operator and Kombo', () => {
  test("an operator's pause replaces one that Kombo began, and is not probed", async () => {
    await pauses.begin(syncPending);
    clock.advance(minute);
    await pauses.begin(byOperator);
    expect(await only()).toMatchObject({ by: 'operator', reason: byOperator.reason, since: nine + minute });
    expect(await only()).not.toHaveProperty('probeAt');
  });

  test("what Kombo says does not replace an operator's", async () => {
    await pauses.begin(byOperator);
    await pauses.begin(missingRight);
    expect(await only()).toMatchObject({ by: 'operator', version: 1 });
  });

  test('the first of two operators is kept', async () => {
    await pauses.begin(byOperator);
    await pauses.begin({ ...byOperator, reason: 'Another reason.' });
    expect(await only()).toMatchObject({ reason: byOperator.reason, version: 1 });
  });

  test('a probe that gets through does not end a pause that an operator has begun meanwhile', async () => {
    await pauses.begin(syncPending);
    await pauses.begin(byOperator);
    expect(await pauses.end(integrationId, { by: 'probe', reason: 'A file got through.' })).toBeUndefined();
    expect(await only()).toMatchObject({ state: 'open', by: 'operator' });
  });
});

describe('at the same moment', () => {
  test('twenty files that meet the same failure begin one pause', async () => {
    await Promise.all(Array.from({ length: 20 }, () => elsewhere().begin(missingRight)));
    expect(await only()).toMatchObject({ state: 'open', version: 1 });
  });

  test('an operator gets through against twenty files', async () => {
    const files = Array.from({ length: 20 }, () => elsewhere().begin(missingRight));
    await Promise.all([...files, elsewhere().begin(byOperator)]);
    expect(await only()).toMatchObject({ by: 'operator', reason: byOperator.reason });
  });

  test('one of two who end it is told that it was open', async () => {
    await pauses.begin(missingRight);
    const ends = await Promise.all([
      elsewhere().end(integrationId, { by: 'operator', reason: 'one' }),
      elsewhere().end(integrationId, { by: 'operator', reason: 'two' }),
    ]);
    expect(ends.filter((pause) => pause !== undefined)).toHaveLength(1);
  });

  test('an operator ends it while another invocation takes a turn to probe', async () => {
    await pauses.begin(syncPending);
    clock.advance(15 * minute);
    const pause = await only();
    await Promise.all([elsewhere().takeProbe(pause), elsewhere().end(integrationId, resumed)]);
    expect(await only()).toMatchObject({ state: 'releasing', ended: resumed });
  });
});

describe('a probe', () => {
  test('comes 15 minutes after the beginning, where the cause can heal', async () => {
    await pauses.begin(syncPending);
    expect(await only()).toMatchObject({ probeAt: nine + 15 * minute });
  });

  test('never comes where only an operator can end it', async () => {
    await pauses.begin(missingRight);
    clock.advance(1_000 * minute);
    expect(await pauses.takeProbe(await only())).toBe(false);
  });

  test('does not come before its time', async () => {
    await pauses.begin(syncPending);
    clock.advance(15 * minute - 1);
    expect(await pauses.takeProbe(await only())).toBe(false);
  });

  test('is taken by one of ten, and then not for another 15 minutes', async () => {
    await pauses.begin(syncPending);
    clock.advance(15 * minute);
    const pause = await only();

    const turns = await Promise.all(Array.from({ length: 10 }, () => elsewhere().takeProbe(pause)));
    expect(turns.filter((taken) => taken)).toHaveLength(1);

    expect(await only()).toMatchObject({ probeAt: nine + 30 * minute });
    expect(await pauses.takeProbe(await only())).toBe(false);
    clock.advance(15 * minute);
    expect(await pauses.takeProbe(await only())).toBe(true);
  });

  test('is not taken of a pause that has ended', async () => {
    await pauses.begin(syncPending);
    clock.advance(15 * minute);
    const seen = await only();
    await pauses.end(integrationId, resumed);
    expect(await pauses.takeProbe(seen)).toBe(false);
    expect(await pauses.takeProbe(await only())).toBe(false);
  });
});
