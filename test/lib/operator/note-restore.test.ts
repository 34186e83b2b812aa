import { beforeEach, describe, expect, test } from 'vitest';
import { deliver } from '../../../lib/delivery/deliver.ts';
import type { Item } from '../../../lib/ledger/table.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { learnTool } from '../../fakes/known-tool.ts';
import { hour, minute } from '../../fakes/ledger-samples.ts';
import { refuses } from '../../fakes/scripted-kombo.ts';
import { type CourierWorld, courierWorld, key, reason } from '../../worlds/courier-world.ts';

let world: CourierWorld;
let backup: ReadonlyMap<string, Item>;
let since: string;

beforeEach(async () => {
  world = courierWorld();
  learnTool(world);
  await world.runSchedule();
});

const takeBackup = (): void => {
  since = new Date(world.clock.now()).toISOString();
  backup = new Map(world.table.items);
  world.clock.advance(10 * minute);
};

/** The table as it was when the backup was taken; the warm functions from before are gone. */
const restoreTable = (): void => {
  world.clock.advance(10 * minute);
  world.table.items.clear();
  for (const [pk, item] of backup) world.table.items.set(pk, item);
};
const report = () => world.ask({ action: 'restored', since, reason });

const put = (name = key): Upload => {
  const modifiedAt = world.clock.now();
  return { ...world.put(name, { modifiedAt }), modifiedAt };
};
const upload = async (name = key): Promise<Upload> => {
  const its = put(name);
  await world.run(deliver(its, { deadline: world.deadline() }, world.newFunction()));
  return its;
};
const send = (its: Upload, options: object = {}) =>
  world.run(deliver(its, { deadline: world.deadline(), ...options }, world.newFunction()));

/** Runs every five minutes. */
const runFor = async (durationMs: number): Promise<void> => {
  for (let spent = 0; spent < durationMs; spent += 5 * minute) {
    await world.runSchedule();
    world.clock.advance(5 * minute);
  }
};

describe('a file that was attached after the backup of a restored table', () => {
  test('a file attached after the backup without a record now is found by the sweep and at its target, and not sent again', async () => {
    takeBackup();
    const its = await upload();
    restoreTable();
    await report();
    await runFor(10 * minute);
    expect(world.kombo.posts).toHaveLength(1);
    expect(await world.recordOf(its)).toMatchObject({
      state: { status: 'attached', evidence: 'read-back' },
      attempts: 0,
    });
  });

  test('a file attached after the backup that waits in the restored table is found at its target, and not sent again', async () => {
    world.kombo.script.push(() => refuses('REMOTE.RATE_LIMIT_EXCEEDED'));
    const its = await upload();
    takeBackup();
    world.clock.advance(hour);
    await world.runSchedule();
    expect(world.kombo.standing).toHaveLength(1);
    restoreTable();
    await report();
    await runFor(10 * minute);
    expect(world.kombo.posts).toHaveLength(2);
    expect(await world.recordOf(its)).toMatchObject({ state: { status: 'attached', evidence: 'read-back' } });
  });

  test("a file attached after the backup is not sent by an operator's retry of its held record: its target is read", async () => {
    world.kombo.script.push(() => refuses('KOMBO_NOT_FOUND'));
    await upload();
    takeBackup();
    await world.ask({ action: 'retry', key, reason });
    expect(world.kombo.standing).toHaveLength(1);
    restoreTable();
    await report();
    const answer = await world.run(world.ask({ action: 'retry', key, reason }));
    expect(answer).toMatchObject({ ok: true, files: [{ status: 'attached' }] });
    expect(world.kombo.posts).toHaveLength(2);
  });

  test('a file in doubt is not sent as the probe of a pause, which ends at its first probe however many are in doubt', async () => {
    world.kombo.script.push(() => refuses('INTEGRATION.PERMISSION_MISSING'));
    const names = Array.from({ length: 12 }, (_, index) => `candidates/GRK${index}/CV.pdf`);
    for (const name of names) await upload(name);
    takeBackup();
    world.clock.advance(hour);
    await runFor(10 * minute);
    expect(world.kombo.standing).toHaveLength(12);
    restoreTable();
    await report();
    await world.runSchedule();
    expect(await world.ask({ action: 'status' })).toMatchObject({ pauses: [] });
    await runFor(20 * minute);
    expect(world.kombo.posts).toHaveLength(13);
    for (const name of names)
      expect(await world.ask({ action: 'status', key: name })).toMatchObject({ files: [{ status: 'attached' }] });
  });
});

describe('a file that was not delivered before the restore', () => {
  test('an undelivered file whose event was lost with the table is sent once two looks agree that it is absent', async () => {
    takeBackup();
    const its = put();
    restoreTable();
    await report();
    await runFor(10 * minute);
    expect(world.kombo.posts).toHaveLength(0);
    await runFor(30 * minute);
    expect(world.kombo.posts).toHaveLength(1);
    expect(await world.recordOf(its)).toMatchObject({ state: { status: 'attached', evidence: 'answer' }, attempts: 1 });
  });

  test('a file in doubt that cannot be decided has the restore in its failure, not an attempt', async () => {
    takeBackup();
    const its = put();
    restoreTable();
    await report();
    world.kombo.listing = () => refuses('INTEGRATION.PERMISSION_MISSING').says as never;
    await runFor(10 * minute);
    expect(await world.recordOf(its)).toMatchObject({
      state: {
        status: 'held',
        failure: {
          code: 'OUTCOME_UNKNOWN',
          detail: expect.stringMatching(/^The ledger was restored to its state of /),
        },
      },
    });
  });
});

describe('a new upload after the report of a restore', () => {
  test('a new upload after the report of a restore is sent immediately, with the usual writes', async () => {
    world.table.calls.length = 0;
    await upload('candidates/GRK1/CV.pdf');
    const usual = world.table.calls.filter((call) => call === 'put').length;
    takeBackup();
    restoreTable();
    await report();
    world.clock.advance(minute);
    world.table.calls.length = 0;
    const its = await upload('candidates/GRK2/CV.pdf');
    expect(await world.recordOf(its)).toMatchObject({ state: { status: 'attached', evidence: 'answer' } });
    expect(world.table.calls.filter((call) => call === 'put')).toHaveLength(usual);
  });

  test('a new upload after the report of a restore is sent immediately even when its event has no time', async () => {
    takeBackup();
    restoreTable();
    await report();
    const { modifiedAt: _, ...its } = put();
    expect(await send(its)).toMatchObject({ status: 'attached' });
  });
});
