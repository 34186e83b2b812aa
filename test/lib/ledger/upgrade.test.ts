import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { deliver } from '../../../lib/delivery/deliver.ts';
import { type Lane, newLane } from '../../../lib/lane/lane.ts';
import { fromLaneItem, laneKey, toLaneItem } from '../../../lib/lane/lane-item.ts';
import { lanesOn } from '../../../lib/lane/lane-store.ts';
import type { Pause } from '../../../lib/lane/pause.ts';
import { fromItem, toItem } from '../../../lib/ledger/record-item.ts';
import type { Item } from '../../../lib/ledger/table.ts';
import { readSweep, sweepKey } from '../../../lib/runs/sweep-store.ts';
import { uploadId } from '../../../lib/upload/upload.ts';
import {
  hour,
  integrationId,
  minute,
  nine,
  recordIn,
  type StateName,
  states,
  upload,
} from '../../fakes/ledger-samples.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { memoryTable } from '../../fakes/memory-table.ts';
import { byOperator, missingRight } from '../../fakes/pause-samples.ts';
import { courierWorld, key } from '../../worlds/courier-world.ts';

/**
 * From 0.2.0 on, the version before and the version after can read what a version writes: an upgrade can be reverted,
 * and both run together while one replaces the other. The folder has what each version writes; CONTRIBUTING.md says how
 * to maintain it.
 */
const folder = path.join(import.meta.dirname, 'fixtures');
const unreleased = '0.2.0';

/** Every optional field together. */
const full = {
  upload: { ...upload, sequencer: '0055AED6DCD90281E5', modifiedAt: nine - hour },
  countedAttempts: 2,
  countedSince: nine - hour,
  waited: true,
  backfill: true,
  firstUnknownAttemptAt: nine - hour,
  unknownAttempts: 1,
  sent: { name: 'CV.pdf', type: 'CV', contentType: 'application/pdf' },
  content: { sizeBytes: 48_211, checksum: { algorithm: 'CRC64NVME', value: 'AAAAAAAAAAA=' } },
  correlationId: 'application-4711',
  resentAt: nine - minute,
  verdict: { code: 'clean', at: nine - minute },
  lastLook: { at: nine - minute, listed: 3, different: 2, notCompared: 1, problem: 'It has no link.' },
  note: { action: 'retry', reason: 'The ATS works again.', at: nine - minute },
} as const;

/** What a verdict of the malware scan adds. */
const scanned = [
  recordIn({ ...states.scanned, otherwise: states.held.failure }, { verdict: { code: 'SCAN_FAILED', at: nine } }),
  recordIn(states.attached, { verdict: { code: 'SCAN_THREAT_FOUND', at: nine } }),
  recordIn(states.attached, { verdict: { code: 'SCAN_THREAT_FOUND', at: nine, acknowledged: true } }),
];

const records = [
  ...(Object.keys(states) as StateName[]).flatMap((name) => [recordIn(states[name]), recordIn(states[name], full)]),
  ...scanned,
];

const lane: Lane = {
  ...newLane(integrationId),
  version: 3,
  touchedAt: nine,
  nextAt: nine + minute,
  outages: 2,
  openedAt: nine - hour,
  counts: { waiting: 4, unknown: 1, oldestAt: nine - hour, at: nine },
  tool: [
    {
      kind: 'candidate',
      contentType: 'application/pdf',
      samples: [{ id: 'cv-inbox/a.pdf#1', targetId: 'A', sizeBytes: 10, notedAt: nine, dueAt: nine + hour, tries: 2 }],
      lessons: [{ targetId: 'B', sizeBytes: 20, at: nine, lagMs: 0 }],
      missed: 1,
      nextSampleAt: nine + hour,
    },
  ],
};
const probed: Pause = {
  ...byOperator,
  code: 'INTEGRATION.SETUP_INCOMPLETE',
  by: 'kombo',
  end: {
    by: 'reading',
    nextAt: nine + hour,
    probes: 2,
    probedId: 'cv-inbox/a.pdf#1',
    keyVersion: 'v1',
    integrationSetting: integrationId,
  },
};
const lanes: readonly Lane[] = [
  lane,
  { ...lane, pause: probed },
  { ...lane, pause: byOperator },
  {
    ...newLane('*'),
    version: 2,
    rateLimited: { integrationId, until: nine + minute },
    restored: { since: nine - hour, at: nine, reason: 'Records were deleted by mistake.' },
  },
];

const isLane = ({ pk }: Item): boolean => pk.startsWith(laneKey(''));

test(`this version writes what the fixture of ${unreleased} shows`, async () => {
  const items = [...records.map((record) => toItem(record, 400)), ...lanes.map(toLaneItem)];
  await expect(`${JSON.stringify(items, null, 2)}\n`).toMatchFileSnapshot(path.join(folder, `${unreleased}.json`));
});

describe.each(readdirSync(folder))('what the version of %s has written', (file) => {
  const items: readonly Item[] = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));

  test('every record and every lane of a released version is read', () => {
    for (const item of items.filter(isLane)) expect(fromLaneItem(item), item.document).not.toBe('unreadable');
    const read = items.filter((item) => !isLane(item)).map(fromItem);
    expect(read.map(({ upload: { key: its } }) => its)).toEqual(Array(read.length).fill(upload.key));
    expect(new Set(read.map(({ state }) => state.status))).toEqual(
      new Set(Object.values(states).map(({ status }) => status)),
    );
  });
});

/** As a later version would write it: every object of the document, and the item itself, has one more field. */
const later = (item: Item): Item => {
  const more = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(more);
    if (typeof value !== 'object' || value === null) return value;
    const inner = Object.entries(value).map(([name, its]) => [name, more(its)]);
    return { ...Object.fromEntries(inner), addedLater: { by: 'a later version' } };
  };
  const changed = {
    ...item,
    outcome: 2,
    addedLater: 'text',
    document: JSON.stringify(more(JSON.parse(item.document))),
  };
  return changed;
};

describe('what a later version has added', () => {
  test('fields of a later version do not prevent a record from being read', () => {
    for (const record of records) {
      const { document: _, ...beside } = toItem(fromItem(later(toItem(record, 400))), 400);
      const { document: __, ...expected } = toItem(record, 400);
      expect(beside).toEqual(expected);
      expect(fromItem(later(toItem(record, 400))).state).toMatchObject(record.state);
    }
  });

  test('fields of a later version do not prevent a lane from being read', () => {
    for (const its of lanes) expect(fromLaneItem(later(toLaneItem(its)))).toMatchObject(its);
  });

  test('fields of a later version stay in a lane, and in each of its parts, when this version writes it', async () => {
    for (const its of lanes) {
      const table = memoryTable();
      const stored = later(toLaneItem(its));
      table.items.set(stored.pk, stored);
      await lanesOn(table, manualClock(nine + hour)).touch(its.integrationId);
      const written = table.items.get(stored.pk);
      expect(written?.version).toBe(its.version + 1);
      const { touchedAt, nextAt, ...rest } = JSON.parse(stored.document);
      expect(JSON.parse(written?.document ?? '')).toMatchObject(rest);
    }
  });

  test('fields of a later version do not stop the sweep', async () => {
    const table = memoryTable();
    const document =
      '{"since":{"candidates/":1},"watermark":5,"pass":{"startedAt":1,"prefix":"","deep":false,"unaccounted":0}}';
    const item = later({ pk: sweepKey, version: 1, document });
    table.items.set(sweepKey, {
      ...item,
      document: item.document.replace(/("candidates\/":1),"addedLater":[^}]*}/, '$1'),
    });
    expect((await readSweep(table)).state).toMatchObject({ watermark: 5, pass: { deep: false } });
  });
});

describe('content that this version cannot understand', () => {
  test('a record with an unknown status is not sent by any event, operator or run', async () => {
    const world = courierWorld();
    const its = world.put(key);
    const item = toItem(recordIn(states.waiting, { upload: its }), 400);
    const stored = { ...item, status: 'queued', workAt: nine - minute };
    world.table.items.set(item.pk, stored);
    const { touchedAt: _, ...rest } = newLane(integrationId);
    const due = toLaneItem({ ...rest, touchedAt: nine, nextAt: nine, version: 1 });
    world.table.items.set(due.pk, due);
    expect(await deliver(its, { deadline: world.deadline() }, world.newFunction())).toMatchObject({
      status: 'unchanged',
      failure: { code: 'RECORD_UNREADABLE' },
    });
    expect(await world.ask({ action: 'attach', key })).toMatchObject({ files: [{ code: 'RECORD_UNREADABLE' }] });
    expect(await world.runSchedule()).toMatchObject({ due: { unreadable: 1, outcomes: {} } });
    expect(world.kombo.posts).toHaveLength(0);
    expect(world.table.items.get(uploadId(its))).toEqual(stored);
  });

  test('a lane that is paused because of an unknown cause stays closed, and its item unchanged', async () => {
    const world = courierWorld();
    const its = world.put(key);
    const item = toLaneItem({ ...lane, pause: missingRight });
    const stored = { ...item, document: item.document.replace(missingRight.code, 'INTEGRATION.FROM_LATER') };
    world.table.items.set(item.pk, stored);
    expect(await deliver(its, { deadline: world.deadline() }, world.newFunction())).toMatchObject({
      status: 'waiting',
      failure: { code: 'INTEGRATION_PAUSED' },
    });
    await world.runSchedule();
    expect(world.kombo.posts).toHaveLength(0);
    expect(world.table.items.get(item.pk)).toEqual(stored);
  });
});
