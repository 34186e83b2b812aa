import { beforeEach, describe, expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import type { Ledger } from '../../../lib/ledger/ledger.ts';
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

const retry = { kind: 'retry', reason: 'Fixed.' } as const;
const resend = { kind: 'resend', reason: 'Please.' } as const;

describe("an operator's decision", () => {
  test('a decision is made on the latest state when another invocation was faster', async () => {
    const seen = world.store(recordIn(states.held));
    world.store(recordIn(states.rejected, { version: 2, writeId: 'write-2' }));
    expect(await decide(seen, retry, courier)).toMatchObject({
      done: true,
      record: { version: 3, state: { status: 'waiting', failure: { code: 'FILE_EMPTY' } } },
    });
  });

  test('a decision is not made when another invocation was faster and its state forbids it', async () => {
    const seen = world.store(recordIn(states.held));
    world.store(recordIn(states.attached, { version: 2, writeId: 'write-2' }));
    expect(await decide(seen, retry, courier)).toMatchObject({
      done: false,
      why: 'state',
      known: { record: { state: { status: 'attached' } } },
    });
  });

  test('a decision without force is not made for a file that the scan holds, even when its outcome is open', async () => {
    for (const state of [states.scanned, { ...states.scanned, mayBeDelivered: true }]) {
      const seen = world.store(recordIn(state));
      expect(await decide(seen, retry, courier)).toMatchObject({ done: false, why: 'scan' });
      expect(await decide(seen, { ...retry, force: true }, courier)).toMatchObject({ done: true });
    }
  });

  test('a decision about a file that never had a verdict needs force when one is required, even once its object is back', async () => {
    const strict = { ...courier, settings: { ...courier.settings, requireScan: true } };
    for (const state of [states.held, states.rejected, states.superseded]) {
      const seen = world.store(recordIn(state));
      expect(await decide(seen, retry, strict)).toMatchObject({ done: false, why: 'scan' });
      expect(await decide(seen, { ...retry, force: true }, strict)).toMatchObject({ done: true });
      const clean = world.store(recordIn(state, { verdict: { code: 'clean', at: nine } }));
      expect(await decide(clean, retry, strict)).toMatchObject({ done: true });
    }
    const overruled = world.store(recordIn(states.held, { verdict: { code: 'SCAN_FAILED', at: nine } }));
    expect(await decide(overruled, retry, courier)).toMatchObject({ done: false, why: 'scan' });
  });

  test("a decision is not made when the scan's verdict was faster", async () => {
    const seen = world.store(recordIn(states.held));
    world.store(recordIn(states.scanned, { version: 2, writeId: 'write-2' }));
    expect(await decide(seen, retry, courier)).toMatchObject({ done: false, why: 'scan' });
  });

  test('a decision does not bring back a record that was erased in the meantime', async () => {
    const seen = recordIn(states.held);
    expect(await decide(seen, retry, courier)).toEqual({ done: false, why: 'gone' });
    expect(world.table.items.has(uploadId(upload))).toBe(false);
  });

  test('a decision leaves an unreadable record unchanged', async () => {
    const seen = world.store(recordIn(states.held));
    const item = toItem(recordIn(states.held, { version: 2 }), 400);
    world.table.items.set(uploadId(upload), { ...item, document: 'garbled' });
    expect(await decide(seen, retry, courier)).toMatchObject({ done: false, why: 'unreadable' });
  });

  test('a decision is given up when others never stop writing', async () => {
    let version = 1;
    const endless: Ledger = {
      ...courier.ledger,
      apply: async () => 'conflict',
      read: async (id) => ({ id, readable: true, record: recordIn(states.held, { version: ++version }) }),
    };
    const decided = await decide(recordIn(states.held), retry, { ...courier, ledger: endless });
    expect(decided).toEqual({ done: false, why: 'conflict' });
  });
});

describe('the target of a released file', () => {
  const elsewhere = { kind: 'candidate', id: 'OLD', integrationId: otherIntegration } as const;

  test.each([retry, resend])(
    'a released file gets the target that its key names now, and its lane is touched: $kind',
    async (decision) => {
      const seen = world.store(recordIn(states.held, { target: elsewhere }));
      expect(await decide(seen, decision, courier)).toMatchObject({
        done: true,
        record: { target: { id: 'GRK123', integrationId } },
      });
      expect(world.lane()).toMatchObject({ touchedAt: nine, nextAt: nine });
      expect(world.lane(otherIntegration).version).toBe(0);
    },
  );

  test.each([retry, resend])(
    'a released file keeps its target when its key no longer names one: $kind',
    async (decision) => {
      const seen = world.store(recordIn(states.held, { target: elsewhere }));
      const decided = await decide(seen, decision, { ...courier, settings: { ...courier.settings, keyTemplates: [] } });
      expect(decided).toMatchObject({ done: true, record: { target: elsewhere } });
      expect(world.lane(otherIntegration)).toMatchObject({ touchedAt: nine });
    },
  );

  test.each([retry, resend])(
    'a file without a target is not released, because no lane could send it: $kind',
    async (decision) => {
      const { target: _, ...bare } = recordIn(states.rejected, { upload: { ...upload, key: 'elsewhere/CV.pdf' } });
      const seen = world.store(bare);
      expect(await decide(seen, decision, courier)).toMatchObject({ done: false, why: 'key', known: { record: seen } });
      expect(world.table.calls).not.toContain('put');
    },
  );

  test('a released file whose templates were wrong when it was rejected gets its target, and the next run sends it', async () => {
    const file = world.put(keyOf('GRK1'));
    const { target: _, ...bare } = recordIn(states.rejected, { upload: file });
    expect(await decide(world.store(bare), retry, courier)).toMatchObject({
      done: true,
      record: { target: { id: 'GRK1' } },
    });
    await world.work();
    expect(await world.statusOf(file)).toBe('attached');
  });

  test('a file that an operator marks as attached keeps its target, because it enters no lane', async () => {
    const { target: _, ...bare } = recordIn(states.unknown, { upload: { ...upload, key: 'elsewhere/CV.pdf' } });
    const seen = { ...bare, target: elsewhere };
    const decided = await decide(world.store(seen), { kind: 'resolve', reason: 'I saw it.' }, courier);
    expect(decided).toMatchObject({ done: true, record: { state: { status: 'attached' } } });
    expect(world.lane(otherIntegration).version).toBe(0);
  });
});

test('a released file waits behind the pause of its lane, and is sent when the pause ends', async () => {
  const file = world.addWaiting('GRK1', { state: states.held });
  world.setLane({ pause: { code: 'INTEGRATION_PAUSED', by: 'operator', reason: 'x', since: nine } });
  await decide(await world.recordOf(file), retry, courier);
  await world.runAll();
  expect(await world.statusOf(file)).toBe('waiting');
  world.setLane({ pause: undefined, nextAt: nine });
  await world.runAll();
  expect(await world.statusOf(file)).toBe('attached');
});
