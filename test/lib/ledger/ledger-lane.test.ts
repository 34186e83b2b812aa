import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { type LaneEntry, type Ledger, ledgerOn } from '../../../lib/ledger/ledger.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { toItem } from '../../../lib/ledger/record-item.ts';
import { type Upload, uploadId } from '../../../lib/upload/upload.ts';
import { integrationId, minute, nine, recordIn, states, target, upload } from '../../fakes/ledger-samples.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { type MemoryTable, memoryTable } from '../../fakes/memory-table.ts';

let table: MemoryTable;
let ledger: Ledger;
beforeEach(() => {
  table = memoryTable();
  ledger = ledgerOn({ table, clock: manualClock(nine), uuid: randomUUID, retentionDays: 400 });
});

const named = (key: string): Upload => ({ ...upload, key: `candidates/GRK123/${key}` });
const put = async (key: string, state: LedgerRecord['state'], change: Partial<LedgerRecord> = {}): Promise<void> => {
  await table.put(toItem(recordIn(state, { upload: named(key), ...change }), 400), { kind: 'absent' });
};

describe('the files of a lane', () => {
  const pageOf = async (part: 'wait' | 'backfill', limit: number) => ledger.filesInLane(integrationId, part, limit);
  const shortOf = (entries: readonly LaneEntry[]) => entries.map((its) => its.id.replace(/^.*\/|#.*$/g, ''));

  test('a lane lists its waiting files by due time, due or not, with the facts of the index', async () => {
    await put('later.pdf', { ...states.waiting, dueAt: nine + minute }, { createdAt: nine - 3 });
    await put('now.pdf', { ...states.unknown, dueAt: nine }, { createdAt: nine - 2 });
    const { entries, next } = await pageOf('wait', 10);
    expect(next).toBeUndefined();
    expect(entries).toEqual([
      { id: uploadId(named('now.pdf')), dueAt: nine, isUnknown: true, firstAt: nine - 2 },
      { id: uploadId(named('later.pdf')), dueAt: nine + minute, isUnknown: false, firstAt: nine - 3 },
    ]);
  });

  test('a lane lists only the files of its integration', async () => {
    await put('ours.pdf', states.waiting);
    await put('theirs.pdf', states.waiting, { target: { ...target, integrationId: 'workday:2' } });
    expect(shortOf((await pageOf('wait', 10)).entries)).toEqual(['ours.pdf']);
  });

  test('a lane lists the files of a backfill separately', async () => {
    await put('new.pdf', states.waiting);
    await put('old.pdf', states.waiting, { backfill: true });
    expect(shortOf((await pageOf('wait', 10)).entries)).toEqual(['new.pdf']);
    expect(shortOf((await pageOf('backfill', 10)).entries)).toEqual(['old.pdf']);
  });

  test('a lane is read page by page with one query each, and no record', async () => {
    const keys = ['0.pdf', '1.pdf', '2.pdf'];
    for (const [at, key] of keys.entries()) await put(key, { ...states.waiting, dueAt: nine + at });
    table.calls.length = 0;
    const first = await pageOf('wait', 2);
    const second = first.next && (await ledger.filesInLane(integrationId, 'wait', 2, first.next));
    expect([...shortOf(first.entries), ...shortOf(second?.entries ?? [])]).toEqual(keys);
    expect(table.calls).toEqual(['query', 'query']);
  });

  test('a file that is sent, settled or held leaves its lane', async () => {
    for (const name of ['sending', 'attached', 'held', 'rejected', 'superseded'] as const)
      await put(`${name}.pdf`, states[name]);
    expect((await pageOf('wait', 10)).entries).toEqual([]);
  });
});
