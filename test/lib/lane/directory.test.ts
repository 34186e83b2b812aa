import { describe, expect, test } from 'vitest';
import { newLane } from '../../../lib/lane/lane.ts';
import { toLaneItem } from '../../../lib/lane/lane-item.ts';
import { type LaneStore, lanesOn } from '../../../lib/lane/lane-store.ts';
import { integrationId, minute, nine } from '../../fakes/ledger-samples.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { memoryTable } from '../../fakes/memory-table.ts';
import { missingRight } from '../../fakes/pause-samples.ts';

const worldOf = () => {
  const table = memoryTable();
  return { table, lanes: lanesOn(table, manualClock(nine)) };
};

describe('the directory of lanes', () => {
  const listed = async (lanes: LaneStore, ...how: Parameters<LaneStore['directory']>) => {
    const entries = [];
    for await (const entry of lanes.directory(...how)) entries.push(entry);
    return entries;
  };

  test('the directory lists the lanes that are due, longest due first, with the counts of their last reading', async () => {
    const { lanes, table } = worldOf();
    const counts = { waiting: 3, unknown: 2, unreadable: 1, oldestAt: nine - minute, at: nine };
    for (const [id, nextAt] of [
      ['now', nine],
      ['later', nine + 1],
      ['before', nine - minute],
    ] as const) {
      const item = toLaneItem({ ...newLane(id), nextAt, version: 1, ...(id === 'now' && { counts }) });
      table.items.set(item.pk, item);
    }
    expect(await listed(lanes, 'open', nine)).toStrictEqual([
      { integrationId: 'before', dueAt: nine - minute, waiting: 0, unknown: 0, unreadable: 0 },
      { integrationId: 'now', dueAt: nine, waiting: 3, unknown: 2, unreadable: 1, oldestAt: nine - minute },
    ]);
    expect((await listed(lanes, 'open')).map(({ integrationId: id }) => id)).toEqual(['before', 'now', 'later']);
  });

  test('the directory keeps paused lanes separate, and leaves out lanes with nothing to do', async () => {
    const { lanes, table } = worldOf();
    await lanes.change(integrationId, (lane) => ({ ...lane, pause: missingRight }));
    await lanes.change('idle:1', (lane) => ({ ...lane, outages: 1 }));
    expect(await listed(lanes, 'open')).toEqual([]);
    expect(await listed(lanes, 'paused')).toMatchObject([{ integrationId, dueAt: nine + 5 * minute }]);
    expect(table.items.size).toBe(2);
  });

  test('the directory is read page by page, as far as the caller goes', async () => {
    const { lanes, table } = worldOf();
    for (let number = 0; number < 250; number += 1) await lanes.touch(`lane-${number}`);
    table.calls.length = 0;
    for await (const _ of lanes.directory('open')) break;
    expect(table.calls).toEqual(['query']);
    expect(await listed(lanes, 'open')).toHaveLength(250);
  });
});
