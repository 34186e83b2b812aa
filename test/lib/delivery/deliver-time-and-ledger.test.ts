import { beforeEach, describe, expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import type { DeliverOptions } from '../../../lib/delivery/delivery-options.ts';
import { toItem } from '../../../lib/ledger/record-item.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import { type Upload, uploadId } from '../../../lib/upload/upload.ts';
import { minute, nine, recordIn, second, states } from '../../fakes/ledger-samples.ts';
import { losesAnswer, refuses, takes } from '../../fakes/scripted-kombo.ts';
import { type DeliveryWorld, deliveryWorld } from '../../worlds/delivery-world.ts';

let world: DeliveryWorld;
let deps: Courier;
beforeEach(() => {
  world = deliveryWorld();
  deps = world.newCourier();
});

const key = 'candidates/GRK123/Frank Doe CV.pdf';

const send = (upload: Upload, options: Partial<DeliverOptions> = {}, its = deps): Promise<Outcome> =>
  deliver(upload, { deadline: world.deadline(), ...options }, its);

describe('time', () => {
  test('the call to Kombo ends five seconds before the function does, so that the outcome is written', async () => {
    const upload = world.put(key);
    const begunAt = world.clock.now();
    world.kombo.script.push(async (_, deadline) => {
      await new Promise<void>((resolve) => deadline.signal.addEventListener('abort', () => resolve()));
      return refuses('ANSWER_TIMED_OUT');
    });
    const outcome = await world.run(send(upload, { deadline: world.deadline(30 * second) }));

    expect(outcome).toMatchObject({ status: 'unknown', failure: { code: 'ANSWER_TIMED_OUT' } });
    expect((await world.recordOf(upload)).updatedAt - begunAt).toBeLessThanOrEqual(26 * second);
  });

  test('the call to Kombo ends before the lease does, because another owner may work on the file afterwards', async () => {
    const upload = world.put(key);
    const begunAt = world.clock.now();
    world.kombo.script.push(async (_, deadline) => {
      await new Promise<void>((resolve) => deadline.signal.addEventListener('abort', () => resolve()));
      return refuses('ANSWER_TIMED_OUT');
    });
    await world.run(send(upload, {}, world.newCourier({ leaseMs: 10 * second })));
    expect((await world.recordOf(upload)).updatedAt - begunAt).toBeLessThanOrEqual(11 * second);
  });
});

describe('a delivery that lost its lease', () => {
  const losesLease = async (upload: Upload): Promise<void> => {
    const seen = await world.recordOf(upload);
    world.clock.advance(8 * minute);
    await deps.ledger.apply(seen, { kind: 'lease-expired', dueAt: world.clock.now() });
  };

  test("a delivery that lost its lease still writes Kombo's success, so that no look is needed", async () => {
    const upload = world.put(key, { metadata: { 'correlation-id': 'application-4711' } });
    world.kombo.script.push(async () => {
      await losesLease(upload);
      return takes(['Stored as other.']);
    });
    expect(await send(upload)).toMatchObject({ status: 'attached', warnings: ['Stored as other.'] });
    expect(await world.recordOf(upload)).toMatchObject({
      state: { status: 'attached', evidence: 'answer' },
      correlationId: 'application-4711',
    });
  });

  test('a delivery that lost its lease writes no other ending: a look at the target decides', async () => {
    const upload = world.put(key);
    world.kombo.script.push(async () => {
      await losesLease(upload);
      return losesAnswer();
    });
    expect(await send(upload)).toMatchObject({ status: 'unchanged', as: 'unknown' });
    // The last write was refused, and the record was read once to find out why.
    expect(world.table.calls.slice(-2)).toEqual(['put', 'get']);
    expect((await world.recordOf(upload)).state).toMatchObject({ failure: { code: 'LEASE_EXPIRED' } });
  });

  test('a delivery writes nothing when its record has become unreadable', async () => {
    const upload = world.put(key);
    const id = uploadId(upload);
    world.kombo.script.push(() => {
      const item = world.table.items.get(id);
      if (item) world.table.items.set(id, { ...item, version: 7, document: '{' });
      return takes();
    });
    await send(upload);
    expect(world.table.items.get(id)).toMatchObject({ version: 7, document: '{' });
  });

  test('a delivery that lost its lease writes no success over a later attempt with its own ending', async () => {
    const upload = world.put(key);
    world.kombo.script.push(async () => {
      await losesLease(upload);
      const freed = await deps.ledger.apply(await world.recordOf(upload), { kind: 'absent', dueAt: world.clock.now() });
      world.kombo.script.push(losesAnswer);
      if (freed !== 'conflict') await send(upload);
      return takes();
    });
    await send(upload);
    expect((await world.recordOf(upload)).state).toMatchObject({ status: 'unknown', failure: { code: 'ANSWER_LOST' } });
  });

  test('a delivery that lost its lease leaves a later attempt in progress alone, and reads the record once', async () => {
    const upload = world.put(key);
    world.kombo.script.push(async () => {
      await losesLease(upload);
      await deps.ledger.apply(await world.recordOf(upload), { kind: 'absent', dueAt: world.clock.now() });
      await deps.ledger.claim({ kind: 'claim', upload, owner: 'owner-B', leaseUntil: world.clock.now() + minute });
      return takes();
    });
    expect(await send(upload)).toMatchObject({ status: 'unchanged', as: 'sending' });
    expect(world.table.calls.slice(-2)).toEqual(['put', 'get']);
  });

  test('a delivery whose record an operator erased does not bring it back', async () => {
    const upload = world.put(key);
    world.kombo.script.push(async () => {
      const record = await world.recordOf(upload);
      await deps.ledger.forget({ id: uploadId(upload), readable: true, record });
      return takes();
    });
    await send(upload);
    expect(world.table.items.size).toBe(0);
  });
});

describe('a lost response to the settling write', () => {
  test.each([
    ['attached', takes()],
    ['unknown', losesAnswer()],
    ['waiting', refuses('KOMBO_BROKE_OFF')],
    ['rejected', refuses('REMOTE.INPUT_INVALID')],
  ])('a lost response to the settling write does not hide that the file is %s', async (status, fate) => {
    const { ledger } = deps;
    let lost = 0;
    const apply: typeof ledger.apply = async (...given) => {
      const written = await ledger.apply(...given);
      if (lost++ === 0) throw new Error('response lost');
      return written;
    };
    world.kombo.script.push(() => fate);
    expect(await world.run(send(world.put(key), {}, { ...deps, ledger: { ...ledger, apply } }))).toMatchObject({
      status,
    });
  });

  test('settling reads the record five times at most while others keep writing to it', async () => {
    let writes = 0;
    const { ledger } = deps;
    const busy: typeof ledger = {
      ...ledger,
      apply: async () => {
        writes += 1;
        return 'conflict';
      },
      read: async (id) => {
        const known = await ledger.read(id);
        return known?.readable
          ? { ...known, record: { ...known.record, version: known.record.version + writes } }
          : known;
      },
    };
    expect(await send(world.put(key), {}, { ...deps, ledger: busy })).toMatchObject({ status: 'unchanged' });
    // The last one asks whether a late success may be written.
    expect(writes).toBe(6);
  });
});

test('a rejected file stays rejected, whatever its number of attempts', async () => {
  const upload = world.put(key);
  const used = { countedAttempts: 11, countedSince: nine, attemptsSinceRelease: 11 };
  world.table.items.set(uploadId(upload), toItem(recordIn(states.due, { upload, ...used }), 400));
  world.kombo.script.push(() => refuses('REMOTE.INPUT_INVALID'));
  expect(await send(upload)).toMatchObject({ status: 'rejected', failure: { code: 'REMOTE.INPUT_INVALID' } });
});

describe('a ledger that does not answer', () => {
  test('a ledger that does not answer at the claim stops the delivery: nothing is sent', async () => {
    world.table.fail('put', 1);
    await expect(send(world.put(key))).rejects.toThrow('The table does not answer.');
    expect(world.kombo.posts).toEqual([]);
  });

  test('a ledger that does not answer at settling is asked again for a second', async () => {
    const upload = world.put(key);
    world.kombo.script.push(() => {
      world.table.fail('put', 3);
      return takes();
    });
    const startedAt = world.clock.now();
    expect(await world.run(send(upload))).toMatchObject({ status: 'attached' });
    expect(world.clock.now() - startedAt).toBe(1_300);
  });

  test('a ledger that never answers at settling leaves the file unknown after its lease, without a second POST', async () => {
    const upload = world.put(key);
    world.kombo.script.push(() => {
      world.table.fail('put', 4);
      return takes();
    });
    await expect(world.run(send(upload))).rejects.toThrow('The table does not answer.');

    world.clock.advance(7 * minute);
    expect(await send(upload)).toMatchObject({ status: 'unknown' });
    expect(world.kombo.posts).toHaveLength(1);
  });
});
