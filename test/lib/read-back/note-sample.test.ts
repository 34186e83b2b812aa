import { describe, expect, test } from 'vitest';
import { lanesOn } from '../../../lib/lane/lane-store.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { noteSample } from '../../../lib/read-back/note-sample.ts';
import { integrationId, minute, nine, recordIn, states, target, upload } from '../../fakes/ledger-samples.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { memoryTable } from '../../fakes/memory-table.ts';
import { settingsWith } from '../../fakes/settings.ts';

const settings = settingsWith({}, { readBackAgainMs: 15 * minute });

const delivered = (change: Partial<LedgerRecord> = {}): LedgerRecord =>
  recordIn(states.attached, {
    sent: { name: 'Frank Doe CV.pdf', type: 'CV', contentType: 'application/pdf' },
    content: { sizeBytes: 100, checksum: { algorithm: 'MD5', value: 'a1' } },
    ...change,
  });

const worldOf = () => {
  const clock = manualClock(nine);
  const table = memoryTable();
  const lanes = lanesOn(table, clock);
  return {
    clock,
    table,
    lanes,
    note: (record: LedgerRecord) => noteSample(record, { lanes, clock, settings }),
    samples: async () => (await lanesOn(table, clock).toolOf(integrationId)).flatMap((group) => group.samples),
  };
};

test('the first delivered upload of an integration is noted, to be compared 15 minutes later', async () => {
  const world = worldOf();
  await world.note(delivered());
  expect(await world.samples()).toEqual([
    {
      id: 'cv-inbox/candidates/GRK123/Frank Doe CV.pdf#9b2cf535f27731c974343645a3985328',
      targetId: 'GRK123',
      sizeBytes: 100,
      notedAt: nine,
      dueAt: nine + 15 * minute,
      tries: 0,
    },
  ]);
});

describe('nothing can be learnt from an upload', () => {
  test('a warm function makes no call for another upload of the same target', async () => {
    const world = worldOf();
    await world.note(delivered());
    world.table.calls.length = 0;
    await world.note(delivered({ upload: { ...upload, key: 'candidates/GRK123/again.pdf' } }));
    expect(world.table.calls).toEqual([]);
  });

  test('a warm function with an outdated view reads once, and then makes no call', async () => {
    const world = worldOf();
    await world.lanes.toolOf(integrationId);
    for (const id of ['A', 'B']) {
      const other = { lanes: lanesOn(world.table, world.clock), clock: world.clock, settings };
      await noteSample(delivered({ target: { ...target, id } }), other);
    }
    world.table.calls.length = 0;
    await world.note(delivered());
    await world.note(delivered());
    expect(world.table.calls).toEqual(['get']);
    expect(await world.samples()).toHaveLength(2);
  });

  test.each<[string, Partial<LedgerRecord>]>([
    ['was forced by an operator although a copy may exist', { resentAt: nine }],
    ['is not attached', { state: states.unknown }],
    [
      'was not sent, because another upload had delivered its bytes',
      { state: { ...states.attached, evidence: 'same-bytes' } },
    ],
    ['has unknown bytes', { content: undefined }],
    ['has an unknown type', { sent: undefined }],
  ])('an upload that %s is not a sample, and costs no call', async (_, change) => {
    const world = worldOf();
    await world.note(delivered(change));
    expect(world.table.calls).toEqual([]);
  });

  test('an upload without a target is not a sample', async () => {
    const { target: _, ...homeless } = delivered();
    const world = worldOf();
    await world.note(homeless);
    expect(world.table.calls).toEqual([]);
  });
});

describe('noting a sample never fails the delivery', () => {
  test.each(['get', 'put'] as const)(
    'noting a sample does not fail when the table does not answer a %s',
    async (call) => {
      const world = worldOf();
      world.table.fail(call, 100);
      await expect(world.note(delivered())).resolves.toBeUndefined();
      world.table.fail(call, 0);
      await world.note(delivered());
      expect(await world.samples()).toHaveLength(1);
    },
  );

  test('noting a sample leaves a lane that cannot be read unchanged', async () => {
    const world = worldOf();
    const damaged = { pk: `lane#${integrationId}`, version: 3, document: '{' };
    world.table.items.set(damaged.pk, damaged);
    await world.note(delivered());
    expect(world.table.items.get(damaged.pk)).toEqual(damaged);
  });
});

test('functions that deliver concurrently note two samples of different targets, and no more', async () => {
  const world = worldOf();
  const notes = Array.from({ length: 12 }, (_, number) =>
    noteSample(delivered({ target: { ...target, id: `T${number % 6}` } }), {
      lanes: lanesOn(world.table, world.clock),
      clock: world.clock,
      settings,
    }),
  );
  await Promise.all(notes);
  const targets = (await world.samples()).map(({ targetId }) => targetId);
  expect(targets).toHaveLength(2);
  expect(new Set(targets).size).toBe(2);
});
