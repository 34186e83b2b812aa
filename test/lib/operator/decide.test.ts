import { beforeEach, expect, test } from 'vitest';
import { type Ledger, ledgerOn } from '../../../lib/ledger/ledger.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { toItem } from '../../../lib/ledger/record-item.ts';
import { decide } from '../../../lib/operator/decide.ts';
import { uploadId } from '../../../lib/upload/upload.ts';
import { nine, recordIn, states, upload } from '../../fakes/ledger-samples.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { type MemoryTable, memoryTable } from '../../fakes/memory-table.ts';

let table: MemoryTable;
let ledger: Ledger;
let uuids = 0;
beforeEach(() => {
  table = memoryTable();
  ledger = ledgerOn({ table, clock: manualClock(nine), uuid: () => `uuid-${++uuids}`, retentionDays: 400 });
});

const stored = (record: LedgerRecord): LedgerRecord => {
  const item = toItem(record, 400);
  table.items.set(item.pk, item);
  return record;
};
const retry = { kind: 'retry', reason: 'Fixed.' } as const;

test('is done on the state of the moment, when another invocation was faster', async () => {
  const seen = stored(recordIn(states.held));
  stored(recordIn(states.rejected, { version: 2, writeId: 'write-2' }));
  expect(await decide(seen, retry, { ledger })).toMatchObject({
    done: true,
    record: { version: 3, state: { status: 'waiting', failure: { code: 'FILE_EMPTY' } } },
  });
});

test('is not done when another invocation was faster with something that forbids it', async () => {
  const seen = stored(recordIn(states.held));
  stored(recordIn(states.attached, { version: 2, writeId: 'write-2' }));
  expect(await decide(seen, retry, { ledger })).toMatchObject({
    done: false,
    why: 'state',
    known: { record: { state: { status: 'attached' } } },
  });
});

test('brings nothing back that was erased meanwhile', async () => {
  const seen = recordIn(states.held);
  expect(await decide(seen, retry, { ledger })).toEqual({ done: false, why: 'gone' });
  expect(table.items.size).toBe(0);
});

test('leaves a record that cannot be read', async () => {
  const seen = stored(recordIn(states.held));
  const item = toItem(recordIn(states.held, { version: 2 }), 400);
  table.items.set(uploadId(upload), { ...item, document: 'garbled' });
  expect(await decide(seen, retry, { ledger })).toMatchObject({ done: false, why: 'unreadable' });
});

test('gives up when others never stop', async () => {
  let version = 1;
  const endless: Ledger = {
    ...ledger,
    apply: async () => 'conflict',
    read: async (id) => ({ id, readable: true, record: recordIn(states.held, { version: ++version }) }),
  };
  expect(await decide(recordIn(states.held), retry, { ledger: endless })).toEqual({ done: false, why: 'conflict' });
});

test.each(['retry', 'resend'] as const)('a threat is never released by a %s, whatever held it first', async (kind) => {
  const failure = { code: 'SCAN_THREAT_FOUND', detail: 'x' } as const;
  const seen = stored(recordIn(states.held));
  stored(recordIn({ ...states.held, failure }, { version: 2, writeId: 'write-2' }));
  expect(await decide(seen, { kind, reason: 'Please.' }, { ledger })).toMatchObject({ done: false, why: 'threat' });
});
