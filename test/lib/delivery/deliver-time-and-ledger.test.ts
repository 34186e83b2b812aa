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
  test('that runs out ends the call five seconds before the function, so that the word is written', async () => {
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

  test('of the lease ends the call as well: after it another owner may be at work', async () => {
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

  test('still writes that Kombo said success: nobody has to look', async () => {
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

  test('writes no other ending: a look at the target decides', async () => {
    const upload = world.put(key);
    world.kombo.script.push(async () => {
      await losesLease(upload);
      return losesAnswer();
    });
    expect(await send(upload)).toMatchObject({ status: 'unknown' });
    expect((await world.recordOf(upload)).state).toMatchObject({ failure: { code: 'LEASE_EXPIRED' } });
  });

  test('with a refusal attaches nothing', async () => {
    const upload = world.put(key);
    world.kombo.script.push(async () => {
      await losesLease(upload);
      return refuses('KOMBO_BROKE_OFF');
    });
    await send(upload);
    expect((await world.recordOf(upload)).state).toMatchObject({ status: 'unknown' });
  });

  test('whose record cannot be read any more writes nothing', async () => {
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

  test('writes no success for a later attempt, which has an ending of its own', async () => {
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

  test('because an operator had it forgotten brings nothing back', async () => {
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

describe('a response that was lost to the write that settles', () => {
  test.each([
    ['attached', takes()],
    ['unknown', losesAnswer()],
    ['waiting', refuses('KOMBO_BROKE_OFF')],
    ['rejected', refuses('REMOTE.INPUT_INVALID')],
  ])('does not hide that the file is %s', async (status, fate) => {
    const { ledger } = deps;
    const apply: typeof ledger.apply = async (...given) => {
      await ledger.apply(...given);
      return 'conflict';
    };
    world.kombo.script.push(() => fate);
    expect(await send(world.put(key), {}, { ...deps, ledger: { ...ledger, apply } })).toMatchObject({ status });
  });

  test('is asked for five times at most, while others write into the record all the time', async () => {
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

test('a rejected file stays rejected, however often it has been tried', async () => {
  const upload = world.put(key);
  const used = { countedAttempts: 11, countedSince: nine, attemptsSinceRelease: 11 };
  world.table.items.set(uploadId(upload), toItem(recordIn(states.due, { upload, ...used }), 400));
  world.kombo.script.push(() => refuses('REMOTE.INPUT_INVALID'));
  expect(await send(upload)).toMatchObject({ status: 'rejected', failure: { code: 'REMOTE.INPUT_INVALID' } });
});

describe('a ledger that does not answer', () => {
  test('at the claim stops everything: nothing is sent', async () => {
    world.table.fail('put', 1);
    await expect(send(world.put(key))).rejects.toThrow('The table does not answer.');
    expect(world.kombo.posts).toEqual([]);
  });

  test('at the settling is asked again for a second', async () => {
    const upload = world.put(key);
    world.kombo.script.push(() => {
      world.table.fail('put', 3);
      return takes();
    });
    const startedAt = world.clock.now();
    expect(await world.run(send(upload))).toMatchObject({ status: 'attached' });
    expect(world.clock.now() - startedAt).toBe(1_300);
  });

  test('at the settling for good throws, and the lease makes it unknown: never a second POST', async () => {
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
