import { beforeEach, describe, expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import type { Ledger } from '../../../lib/ledger/ledger.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { toItem } from '../../../lib/ledger/record-item.ts';
import { decide } from '../../../lib/operator/decide.ts';
import { uploadId } from '../../../lib/upload/upload.ts';
import { integrationId, nine, recordIn, states, upload } from '../../fakes/ledger-samples.ts';
import { otherIntegration } from '../../fakes/pause-samples.ts';
import { keyOf, type LaneWorld, laneWorld } from '../../worlds/lane-world.ts';

let world: LaneWorld;
let courier: Courier;
beforeEach(() => {
  world = laneWorld();
  courier = world.newCourier();
});

const stored = (record: LedgerRecord): LedgerRecord => {
  const item = toItem(record, 400);
  world.table.items.set(item.pk, item);
  return record;
};
const retry = { kind: 'retry', reason: 'Fixed.' } as const;
const resend = { kind: 'resend', reason: 'Please.' } as const;

describe('a decision', () => {
  test('is made on the latest state, when another invocation was faster', async () => {
    const seen = stored(recordIn(states.held));
    stored(recordIn(states.rejected, { version: 2, writeId: 'write-2' }));
    expect(await decide(seen, retry, courier)).toMatchObject({
      done: true,
      record: { version: 3, state: { status: 'waiting', failure: { code: 'FILE_EMPTY' } } },
    });
  });

  test('is not made when another invocation was faster with something that forbids it', async () => {
    const seen = stored(recordIn(states.held));
    stored(recordIn(states.attached, { version: 2, writeId: 'write-2' }));
    expect(await decide(seen, retry, courier)).toMatchObject({
      done: false,
      why: 'state',
      known: { record: { state: { status: 'attached' } } },
    });
  });

  test('of many files is not made where the scan holds one, also when its outcome is open', async () => {
    for (const state of [states.scanned, { ...states.scanned, mayBeDelivered: true }]) {
      const seen = stored(recordIn(state));
      expect(await decide(seen, retry, courier)).toMatchObject({ done: false, why: 'scan' });
      expect(await decide(seen, { ...retry, force: true }, courier)).toMatchObject({ done: true });
    }
  });

  test('of what never had a verdict needs force where one is required, also once its object is back', async () => {
    const strict = { ...courier, settings: { ...courier.settings, requireScan: true } };
    for (const state of [states.held, states.rejected, states.superseded]) {
      const seen = stored(recordIn(state));
      expect(await decide(seen, retry, strict)).toMatchObject({ done: false, why: 'scan' });
      expect(await decide(seen, { ...retry, force: true }, strict)).toMatchObject({ done: true });
      const clean = stored(recordIn(state, { verdict: { code: 'clean', at: nine } }));
      expect(await decide(clean, retry, strict)).toMatchObject({ done: true });
    }
  });

  test('is not made when the verdict of the scan was faster', async () => {
    const seen = stored(recordIn(states.held));
    stored(recordIn(states.scanned, { version: 2, writeId: 'write-2' }));
    expect(await decide(seen, retry, courier)).toMatchObject({ done: false, why: 'scan' });
  });

  test('brings nothing back that was erased meanwhile', async () => {
    const seen = recordIn(states.held);
    expect(await decide(seen, retry, courier)).toEqual({ done: false, why: 'gone' });
    expect(world.table.items.has(uploadId(upload))).toBe(false);
  });

  test('leaves a record that cannot be read', async () => {
    const seen = stored(recordIn(states.held));
    const item = toItem(recordIn(states.held, { version: 2 }), 400);
    world.table.items.set(uploadId(upload), { ...item, document: 'garbled' });
    expect(await decide(seen, retry, courier)).toMatchObject({ done: false, why: 'unreadable' });
  });

  test('is given up when others never stop writing', async () => {
    let version = 1;
    const endless: Ledger = {
      ...courier.ledger,
      apply: async () => 'conflict',
      read: async (id) => ({ id, readable: true, record: recordIn(states.held, { version: ++version }) }),
    };
    const decided = await decide(recordIn(states.held), retry, { ...courier, ledger: endless });
    expect(decided).toEqual({ done: false, why: 'conflict' });
  });

  test.each([retry, resend])('never releases a threat, whatever held it first: $kind', async (decision) => {
    const failure = { code: 'SCAN_THREAT_FOUND', detail: 'x' } as const;
    const seen = stored(recordIn(states.held));
    stored(recordIn({ ...states.held, failure }, { version: 2, writeId: 'write-2' }));
    expect(await decide(seen, decision, courier)).toMatchObject({ done: false, why: 'threat' });
  });
});

describe('the target of a file that is released', () => {
  const elsewhere = { kind: 'candidate', id: 'OLD', integrationId: otherIntegration } as const;

  test.each([retry, resend])('is the one that its key names now, and its lane is touched: $kind', async (decision) => {
    const seen = stored(recordIn(states.held, { target: elsewhere }));
    expect(await decide(seen, decision, courier)).toMatchObject({
      done: true,
      record: { target: { id: 'GRK123', integrationId } },
    });
    expect(world.lane()).toMatchObject({ touchedAt: nine, nextAt: nine });
    expect(world.lane(otherIntegration).version).toBe(0);
  });

  test.each([retry, resend])('stays where its key names none any more: $kind', async (decision) => {
    const seen = stored(recordIn(states.held, { target: elsewhere }));
    const decided = await decide(seen, decision, { ...courier, settings: { ...courier.settings, keyTemplates: [] } });
    expect(decided).toMatchObject({ done: true, record: { target: elsewhere } });
    expect(world.lane(otherIntegration)).toMatchObject({ touchedAt: nine });
  });

  test.each([retry, resend])(
    'must exist: without one nothing is written, because no lane could send it: $kind',
    async (decision) => {
      const { target: _, ...bare } = recordIn(states.rejected, { upload: { ...upload, key: 'elsewhere/CV.pdf' } });
      const seen = stored(bare);
      expect(await decide(seen, decision, courier)).toMatchObject({ done: false, why: 'key', known: { record: seen } });
      expect(world.table.calls).not.toContain('put');
    },
  );

  test('is given to a file whose templates were wrong when it was rejected, and the next run sends it', async () => {
    const file = world.put(keyOf('GRK1'));
    const { target: _, ...bare } = recordIn(states.rejected, { upload: file });
    expect(await decide(stored(bare), retry, courier)).toMatchObject({
      done: true,
      record: { target: { id: 'GRK1' } },
    });
    await world.work();
    expect(await world.statusOf(file)).toBe('attached');
  });

  test('does not matter when an operator says that the file is attached: nothing enters a lane', async () => {
    const { target: _, ...bare } = recordIn(states.unknown, { upload: { ...upload, key: 'elsewhere/CV.pdf' } });
    const seen = { ...bare, target: elsewhere };
    const decided = await decide(stored(seen), { kind: 'resolve', reason: 'I saw it.' }, courier);
    expect(decided).toMatchObject({ done: true, record: { state: { status: 'attached' } } });
    expect(world.lane(otherIntegration).version).toBe(0);
  });
});

test('a released file waits behind the pause of its lane, and is sent when that ends', async () => {
  const file = world.addWaiting('GRK1', { state: states.held });
  world.setLane({ pause: { code: 'INTEGRATION_PAUSED', by: 'operator', reason: 'x', since: nine } });
  await decide(await world.recordOf(file), retry, courier);
  await world.runAll();
  expect(await world.statusOf(file)).toBe('waiting');
  world.setLane({ pause: undefined, nextAt: nine });
  await world.runAll();
  expect(await world.statusOf(file)).toBe('attached');
});
