import { describe, expect, test } from 'vitest';
import { type LaneStore, lanesOn } from '../../../lib/lane/lane-store.ts';
import type { Table } from '../../../lib/ledger/table.ts';
import { type Tool, withSample } from '../../../lib/read-back/learn-tool.ts';
import { pdfs, sampleOf } from '../../fakes/learnt-tool.ts';
import { integrationId, minute, nine, second } from '../../fakes/ledger-samples.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { memoryTable } from '../../fakes/memory-table.ts';
import { byOperator, missingRight } from '../../fakes/pause-samples.ts';

const worldOf = () => {
  const clock = manualClock(nine);
  const table = memoryTable();
  return { clock, table, lanes: lanesOn(table, clock), another: () => lanesOn(table, clock) };
};
const pauseIn = (lanes: LaneStore, id = integrationId, pause = missingRight) =>
  lanes.change(id, (lane) => ({ ...lane, pause }));
const damaged = { pk: `lane#${integrationId}`, version: 3, workShard: 'lanes', workAt: nine, document: '{' };

describe('the cached view of a warm function', () => {
  test("a warm function's view of a lane is at most 30 seconds old", async () => {
    const { lanes, another, clock, table } = worldOf();
    expect((await lanes.gate(integrationId)).closed).toBeUndefined();
    await pauseIn(another());
    table.calls.length = 0;
    clock.advance(30 * second);
    expect((await lanes.gate(integrationId)).closed).toBeUndefined();
    expect(table.calls).toEqual([]);
    clock.advance(1);
    expect((await lanes.gate(integrationId)).closed).toMatchObject({ code: 'INTEGRATION.PERMISSION_MISSING' });
    expect(table.calls).toEqual(['get', 'get']);
  });

  test('concurrent deliveries read their lane and the account once', async () => {
    const { lanes, table } = worldOf();
    await Promise.all(Array.from({ length: 10 }, () => lanes.gate(integrationId)));
    expect(table.calls).toEqual(['get', 'get']);
  });

  test('a warm function sees its own writes immediately, without a call', async () => {
    const { lanes, table } = worldOf();
    await lanes.gate(integrationId);
    await pauseIn(lanes);
    table.calls.length = 0;
    expect((await lanes.gate(integrationId)).closed).toMatchObject({ integrationId });
    expect(table.calls).toEqual([]);
  });

  test("a warm function sees another function's write as soon as its own change reads the lane", async () => {
    const { lanes, another } = worldOf();
    await lanes.gate(integrationId);
    await pauseIn(another());
    await lanes.change(integrationId, (lane) => lane);
    expect((await lanes.gate(integrationId)).closed).toBeDefined();
  });

  test('a lane is read again after a reading failed', async () => {
    const { lanes, table, another } = worldOf();
    await pauseIn(another());
    table.fail('get', 2);
    await expect(lanes.gate(integrationId)).rejects.toThrow('does not answer');
    expect((await lanes.gate(integrationId)).closed).toBeDefined();
  });

  test('a warm function keeps its view of at most a thousand integrations', async () => {
    const { lanes, table } = worldOf();
    for (let number = 0; number <= 1_000; number += 1) await lanes.toolOf(`tool-${number}`);
    table.calls.length = 0;
    await lanes.toolOf('tool-1000');
    expect(table.calls).toEqual([]);
    await lanes.toolOf('tool-0');
    expect(table.calls).toEqual(['get']);
  });
});

test('an old reading of a lane that fails late does not remove a newer view', async () => {
  const { clock, table } = worldOf();
  const fails: (() => void)[] = [];
  const slow: Table = {
    ...table,
    get: (key) =>
      fails.length < 2 ? new Promise((_, reject) => fails.push(() => reject(new Error('slow')))) : table.get(key),
  };
  const lanes = lanesOn(slow, clock);
  const gate = lanes.gate(integrationId);
  await lanes.read(integrationId);
  await lanes.read('*');
  for (const fail of fails) fail();
  await expect(gate).rejects.toThrow('slow');
  table.calls.length = 0;
  await lanes.gate(integrationId);
  expect(table.calls).toEqual([]);
});

test('many lanes are read in one call, and those without an item are absent', async () => {
  const { lanes, table } = worldOf();
  await pauseIn(lanes, 'a:1');
  table.items.set(damaged.pk, damaged);
  table.calls.length = 0;
  const read = await lanes.readMany(['a:1', 'b:2', integrationId]);
  expect([...read.keys()].sort()).toEqual(['a:1', integrationId]);
  expect(read.get('a:1')).toMatchObject({ pause: missingRight });
  expect(read.get(integrationId)).toBe('unreadable');
  expect(table.calls).toEqual(['getMany']);
});

test('a touch is one write, and costs nothing while it is recent', async () => {
  const { lanes, table, clock } = worldOf();
  await lanes.touch(integrationId);
  expect(table.calls).toEqual(['get', 'get', 'put']);
  await lanes.touch(integrationId);
  clock.advance(second);
  await lanes.touch(integrationId);
  expect(table.calls).toHaveLength(3);
});

describe('the gate of a lane', () => {
  test('the gate of one integration is closed by its own pause and not by that of another', async () => {
    const { lanes } = worldOf();
    await pauseIn(lanes, 'a:1');
    expect((await lanes.gate('a:1')).closed).toMatchObject({ integrationId: 'a:1' });
    expect((await lanes.gate('b:2')).closed).toBeUndefined();
  });

  test('the gate of every integration is closed by a pause of the account, and names that one', async () => {
    const { lanes } = worldOf();
    await pauseIn(lanes, 'a:1');
    await pauseIn(lanes, '*', { ...missingRight, code: 'PLATFORM.AUTHENTICATION_INVALID' });
    for (const id of ['a:1', 'b:2']) {
      const { closed } = await lanes.gate(id);
      expect(closed).toMatchObject({ integrationId: '*', code: 'PLATFORM.AUTHENTICATION_INVALID' });
      expect(closed?.sentence).toMatch(/^Everything has been paused since /);
    }
  });

  test('the gate says when the lane or the account last opened', async () => {
    const { lanes } = worldOf();
    expect((await lanes.gate(integrationId)).openedAt).toBe(0);
    await lanes.change(integrationId, (lane) => ({ ...lane, openedAt: nine - minute }));
    expect((await lanes.gate(integrationId)).openedAt).toBe(nine - minute);
    await lanes.change('*', (lane) => ({ ...lane, openedAt: nine }));
    expect((await lanes.gate(integrationId)).openedAt).toBe(nine);
  });

  test.each([integrationId, '*'])(
    'the gate is closed by a lane that cannot be read, with a sentence for an operator: %s',
    async (id) => {
      const { lanes, table } = worldOf();
      table.items.set(`lane#${id}`, { ...damaged, pk: `lane#${id}` });
      const { closed, openedAt } = await lanes.gate(integrationId);
      expect(closed).toMatchObject({ integrationId: id, code: 'INTEGRATION_PAUSED' });
      expect(closed?.sentence).toContain('cannot be read');
      expect(openedAt).toBe(0);
    },
  );
});

describe('changes to one lane', () => {
  const noting = (id: string) => (tool: Tool) => withSample(tool, pdfs, sampleOf(id, 10, nine, id));
  const idsIn = (tool: Tool) => tool.flatMap(({ samples }) => samples.map(({ id }) => id));

  test('concurrent changes to one lane are all kept: each conflict computes its change again', async () => {
    const { another, lanes, table } = worldOf();
    await Promise.all(['A', 'B', 'C'].map((id) => another().learn(integrationId, noting(id))));
    expect([...idsIn(await lanes.toolOf(integrationId))].sort()).toEqual(['A', 'B', 'C']);
    expect(table.items.get(`lane#${integrationId}`)?.version).toBe(3);
  });

  test("an operator's pause is written despite twenty concurrent files, and stays", async () => {
    const { another, lanes } = worldOf();
    const files = Array.from({ length: 20 }, () => another().learn(integrationId, (tool) => tool));
    await Promise.all([...files, pauseIn(another(), integrationId, byOperator)]);
    expect(await lanes.read(integrationId)).toMatchObject({ pause: { by: 'operator' }, version: 1 });
  });

  test('a change that alters nothing writes nothing', async () => {
    const { lanes, table } = worldOf();
    await lanes.change(integrationId, (lane) => lane);
    expect(table.calls).toEqual(['get']);
    expect(table.items.size).toBe(0);
  });

  test('a change that looks for its own effect is not made twice when the response to its write was lost', async () => {
    const { table, clock } = worldOf();
    let isLost = false;
    const lossy: Table = {
      ...table,
      put: async (item, condition) => {
        const result = await table.put(item, condition);
        if (isLost) return result;
        isLost = true;
        // The SDK repeats the write, and the repeat conflicts with the first one.
        return table.put(item, condition);
      },
    };
    const lanes = lanesOn(lossy, clock);
    await lanes.learn(integrationId, (tool) => (idsIn(tool).includes('A') ? tool : noting('A')(tool)));
    expect(idsIn(await lanes.toolOf(integrationId))).toEqual(['A']);
    expect(table.items.get(`lane#${integrationId}`)?.version).toBe(1);
  });

  test('a change is given up after five conflicts: a pause with an error, a lesson or a suggestion silently', async () => {
    const { table, clock } = worldOf();
    const busy: Table = {
      ...table,
      put: async () => {
        table.calls.push('put');
        return { written: false };
      },
    };
    await expect(pauseIn(lanesOn(busy, clock))).rejects.toThrow('Too many conflicting writes to one lane.');
    expect(table.calls.filter((call) => call === 'put')).toHaveLength(5);
    await lanesOn(busy, clock).learn(integrationId, noting('A'));
    expect(table.calls.filter((call) => call === 'put')).toHaveLength(10);
    await lanesOn(busy, clock).suggest(integrationId, (lane) => ({ ...lane, nextAt: nine }));
    expect(table.calls.filter((call) => call === 'put')).toHaveLength(15);
  });

  test('a lane item that cannot be read is never overwritten by a change, a touch, a suggestion or a lesson', async () => {
    const { lanes, table } = worldOf();
    table.items.set(damaged.pk, damaged);
    expect(await pauseIn(lanes)).toBe('unreadable');
    await lanes.touch(integrationId);
    await lanes.suggest(integrationId, (lane) => ({ ...lane, nextAt: nine }));
    await lanes.learn(integrationId, noting('A'));
    expect(table.items.get(damaged.pk)?.document).toBe(damaged.document);
    expect(await lanes.toolOf(integrationId)).toEqual([]);
  });

  test('a lane whose item has lost its version counts as unreadable, and the next touch gives it a new one', async () => {
    const { lanes, table } = worldOf();
    await pauseIn(lanes);
    const item = table.items.get(damaged.pk);
    if (!item) throw new Error('There is no lane.');
    table.items.set(item.pk, { ...item, version: 0, workShard: 'lanes' });
    await lanes.touch(integrationId);
    expect(table.items.get(item.pk)).toMatchObject({ version: 1, document: item.document });
    expect(await lanes.read(integrationId)).toMatchObject({ pause: { code: missingRight.code } });
  });

  test.each([undefined, 'lanes'])(
    'a lane in partition %s that cannot be read is listed with the pauses after a touch, so that runs report it',
    async (workShard) => {
      const { lanes, table, clock } = worldOf();
      const { pk, version, document } = damaged;
      table.items.set(pk, { pk, version, document, ...(workShard && { workShard, workAt: nine }) });
      const listed = async () => {
        const ids: string[] = [];
        for await (const { integrationId: id } of lanes.directory('paused', clock.now())) ids.push(id);
        return ids;
      };
      expect(await listed()).toEqual([]);
      await lanes.touch(integrationId);
      expect(await listed()).toEqual([integrationId]);
      // The version that wrote the document can still read it, and gets a conflict from this write.
      expect(table.items.get(pk)).toEqual({ pk, version: 4, document, workShard: 'lanes#paused', workAt: nine });

      table.calls.length = 0;
      await lanes.touch(integrationId);
      expect(table.calls).not.toContain('put');
    },
  );

  test('a lane that has become readable again is touched, although the cached view of it is outdated', async () => {
    const { lanes, another, table } = worldOf();
    table.items.set(damaged.pk, damaged);
    await lanes.gate(integrationId);
    table.items.delete(damaged.pk);
    await another().learn(integrationId, noting('A'));
    await lanes.touch(integrationId);
    expect(await another().read(integrationId)).toMatchObject({ touchedAt: nine, nextAt: nine });
  });

  test('an operator replaces an unreadable lane item with a new lane, which is open and read in the next run', async () => {
    const { lanes, table } = worldOf();
    table.items.set(damaged.pk, damaged);
    await lanes.gate(integrationId);
    await lanes.replaceUnreadable(integrationId);
    expect((await lanes.gate(integrationId)).closed).toBeUndefined();
    expect(table.items.get(damaged.pk)).toMatchObject({ version: 4, workShard: 'lanes', workAt: nine });
  });

  test.each(['showUnreadable', 'replaceUnreadable'] as const)(
    '%s does not overwrite what another function has written in the meantime',
    async (method) => {
      const { table, clock, another } = worldOf();
      table.items.set(damaged.pk, { ...damaged, version: 4 });
      const late: Table = { ...table, get: async (pk) => (pk === damaged.pk ? damaged : undefined) };
      const lanes = lanesOn(late, clock);
      await lanes[method](integrationId);
      expect(table.items.get(damaged.pk)).toEqual({ ...damaged, version: 4 });
      expect((await lanes.gate(integrationId)).closed).toBeDefined();
      expect(await another().read(integrationId)).toBe('unreadable');
    },
  );

  test('a readable lane is not listed as unreadable', async () => {
    const { lanes, table } = worldOf();
    await lanes.touch(integrationId);
    const item = table.items.get(damaged.pk);
    await lanes.showUnreadable(integrationId);
    expect(table.items.get(damaged.pk)).toEqual(item);
  });

  test('an operator does not replace a readable lane item', async () => {
    const { lanes, table } = worldOf();
    await pauseIn(lanes);
    await lanes.replaceUnreadable(integrationId);
    await lanes.replaceUnreadable('unknown:1');
    expect(table.items.size).toBe(1);
    expect((await lanes.gate(integrationId)).closed).toBeDefined();
  });
});
