import { describe, expect, test } from 'vitest';
import { toLaneItem } from '../../../lib/lane/lane-item.ts';
import { lanesOn } from '../../../lib/lane/lane-store.ts';
import type { Item, Table } from '../../../lib/ledger/table.ts';
import { type Sample, type Tool, withSample } from '../../../lib/read-back/learn-tool.ts';
import { integrationId, minute, nine } from '../../fakes/ledger-samples.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { memoryTable } from '../../fakes/memory-table.ts';

const topic = { kind: 'candidate', contentType: 'application/pdf' } as const;
const sampleOf = (id: string, dueAt = nine): Sample => ({
  id,
  targetId: id,
  sizeBytes: 10,
  notedAt: nine,
  dueAt,
  tries: 0,
});
const noting =
  (id: string) =>
  (tool: Tool): Tool =>
    withSample(tool, topic, sampleOf(id));
const idsIn = (tool: Tool): readonly string[] => tool.flatMap(({ samples }) => samples.map(({ id }) => id));

const worldOf = () => {
  const clock = manualClock(nine);
  const table = memoryTable();
  return { clock, table, lanes: lanesOn(table, clock), another: () => lanesOn(table, clock) };
};

const laneItem = (id: string, dueAt: number): Item =>
  toLaneItem({ integrationId: id, tool: withSample([], topic, sampleOf(id, dueAt)), version: 1 });

describe('what a function knows of a tool', () => {
  test('nothing is known of a tool whose lane does not exist or cannot be read', async () => {
    const { lanes, table } = worldOf();
    expect(await lanes.toolOf(integrationId)).toEqual([]);
    table.items.set('lane#odd', { pk: 'lane#odd', version: 1, document: '{' });
    expect(await lanes.toolOf('odd')).toEqual([]);
  });

  test('a view is 5 minutes old at most', async () => {
    const { lanes, another, clock, table } = worldOf();
    await lanes.toolOf(integrationId);
    await another().learn(integrationId, noting('A'));
    table.calls.length = 0;
    clock.advance(5 * minute);
    expect(idsIn(await lanes.toolOf(integrationId))).toEqual([]);
    expect(table.calls).toEqual([]);
    clock.advance(1);
    expect(idsIn(await lanes.toolOf(integrationId))).toEqual(['A']);
    expect(table.calls).toEqual(['get']);
  });

  test('deliveries that start concurrently share one reading', async () => {
    const { lanes, table } = worldOf();
    await Promise.all([lanes.toolOf(integrationId), lanes.toolOf(integrationId), lanes.toolOf(integrationId)]);
    expect(table.calls).toEqual(['get']);
  });

  test('a failed reading is not kept', async () => {
    const { lanes, table, another } = worldOf();
    await another().learn(integrationId, noting('A'));
    table.fail('get', 1);
    await expect(lanes.toolOf(integrationId)).rejects.toThrow('does not answer');
    expect(idsIn(await lanes.toolOf(integrationId))).toEqual(['A']);
  });

  test('each integration has a view of its own', async () => {
    const { lanes } = worldOf();
    await lanes.learn('one', noting('A'));
    expect(idsIn(await lanes.toolOf('two'))).toEqual([]);
    expect(idsIn(await lanes.toolOf('one'))).toEqual(['A']);
  });

  test('a function that meets thousands of integrations keeps a thousand views', async () => {
    const { lanes, table } = worldOf();
    for (let number = 0; number <= 1_000; number += 1) await lanes.toolOf(`tool-${number}`);
    table.calls.length = 0;
    await lanes.toolOf('tool-1000');
    expect(table.calls).toEqual([]);
    await lanes.toolOf('tool-0');
    expect(table.calls).toEqual(['get']);
  });
});

describe('learning', () => {
  test('the function that learnt something uses it immediately, and others read it', async () => {
    const { lanes, another, table } = worldOf();
    await lanes.toolOf(integrationId);
    await lanes.learn(integrationId, noting('A'));
    table.calls.length = 0;
    expect(idsIn(await lanes.toolOf(integrationId))).toEqual(['A']);
    expect(table.calls).toEqual([]);
    expect(idsIn(await another().toolOf(integrationId))).toEqual(['A']);
  });

  test('concurrent writers lose nothing: each conflict computes anew', async () => {
    const { another, lanes, table } = worldOf();
    await Promise.all(['A', 'B', 'C'].map((id) => another().learn(integrationId, noting(id))));
    expect([...idsIn(await lanes.toolOf(integrationId))].sort()).toEqual(['A', 'B', 'C']);
    expect(table.items.get(`lane#${integrationId}`)?.version).toBe(3);
  });

  test('a change that changes nothing writes nothing', async () => {
    const { lanes, table } = worldOf();
    await lanes.learn(integrationId, (tool) => tool);
    expect(table.calls).toEqual(['get']);
    expect(table.items.size).toBe(0);
  });

  test('a write whose response got lost is not done twice by a change that looks for its own effect', async () => {
    const { table, clock } = worldOf();
    let lost = false;
    const lossy: Table = {
      ...table,
      put: async (item, condition) => {
        const result = await table.put(item, condition);
        if (lost) return result;
        lost = true;
        // The SDK repeats the write, and the repeat meets the first one.
        return table.put(item, condition);
      },
    };
    const lanes = lanesOn(lossy, clock);
    await lanes.learn(integrationId, (tool) => (idsIn(tool).includes('A') ? tool : noting('A')(tool)));
    expect(idsIn(await lanes.toolOf(integrationId))).toEqual(['A']);
    expect(table.items.get(`lane#${integrationId}`)?.version).toBe(1);
  });

  test('an unreadable lane is left as it is', async () => {
    const { lanes, table } = worldOf();
    const damaged = { pk: `lane#${integrationId}`, version: 3, document: '{' };
    table.items.set(damaged.pk, damaged);
    await lanes.learn(integrationId, noting('A'));
    expect(table.calls).toEqual(['get']);
    expect(table.items.get(damaged.pk)).toEqual(damaged);
  });

  test('it gives up silently after five conflicts', async () => {
    const { table, clock } = worldOf();
    const busy: Table = {
      ...table,
      put: async () => {
        table.calls.push('put');
        return { written: false };
      },
    };
    await lanesOn(busy, clock).learn(integrationId, noting('A'));
    expect(table.calls.filter((call) => call === 'put')).toHaveLength(5);
  });

  test('a silent table is the caller’s to handle', async () => {
    const { lanes, table } = worldOf();
    table.fail('put', 1);
    await expect(lanes.learn(integrationId, noting('A'))).rejects.toThrow('does not answer');
  });
});

describe('the lanes that owe a comparison', () => {
  const due = async (items: readonly Item[]) => {
    const { lanes, table } = worldOf();
    for (const item of items) table.items.set(item.pk, item);
    const ids: string[] = [];
    for await (const lane of lanes.due()) ids.push(lane.integrationId);
    return { ids, calls: table.calls };
  };

  test('are those that are due by now, longest due first', async () => {
    const items = [laneItem('now', nine), laneItem('later', nine + 1), laneItem('before', nine - minute)];
    expect((await due(items)).ids).toEqual(['before', 'now']);
  });

  test('are found through the index: lanes that owe nothing are not read', async () => {
    const resting = toLaneItem({ integrationId: 'resting', tool: [], version: 1 });
    expect(await due([resting])).toEqual({ ids: [], calls: ['query'] });
  });

  test('are not hidden by hundreds of unreadable ones that were due before', async () => {
    const damaged = Array.from({ length: 250 }, (_, number) => ({
      ...laneItem(`damaged-${number}`, nine - minute),
      document: '{',
    }));
    expect((await due([...damaged, laneItem('good', nine)])).ids).toEqual(['good']);
  });

  test('are read page by page, as far as the caller goes', async () => {
    const { lanes, table } = worldOf();
    for (let number = 0; number < 250; number += 1) {
      const item = laneItem(`lane-${number}`, nine - minute);
      table.items.set(item.pk, item);
    }
    for await (const _ of lanes.due()) break;
    expect(table.calls).toEqual(['query', 'getMany']);
  });
});
