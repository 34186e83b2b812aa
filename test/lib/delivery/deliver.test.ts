import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import type { DeliverOptions } from '../../../lib/delivery/delivery-options.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import { type Upload, uploadId } from '../../../lib/upload/upload.ts';
import { pdf } from '../../fakes/files.ts';
import { integrationId, minute } from '../../fakes/ledger-samples.ts';
import { refuses, takes } from '../../fakes/scripted-kombo.ts';
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

const until = async (met: () => boolean): Promise<void> => {
  while (!met()) await new Promise((resolve) => setImmediate(resolve));
};

describe('a CV', () => {
  test('a CV is sent to its candidate byte for byte, and is attached', async () => {
    const upload = world.put(key);
    const outcome = await send(upload);

    expect(outcome).toMatchObject({ status: 'attached', attempt: 1, warnings: [], target: { id: 'GRK123' } });
    expect(world.kombo.standing).toMatchObject([
      {
        target: { kind: 'candidate', id: 'GRK123', integrationId },
        attachment: { name: 'Frank Doe CV.pdf', type: 'CV', data: Buffer.from(pdf).toString('base64') },
      },
    ]);
    expect((await world.recordOf(upload)).state.status).toBe('attached');
  });

  test('a delivery costs two writes and a query for the same bytes; the first of an integration also reads two lanes and notes a sample', async () => {
    await send(world.put(key));
    expect(world.table.calls.sort()).toEqual(['get', 'get', 'get', 'put', 'put', 'put', 'query']);
    world.table.calls.length = 0;
    await send(world.put('candidates/GRK123/Letter.pdf'));
    expect(world.table.calls).toEqual(['put', 'query', 'put']);
  });

  test('a delivery opens the connection to Kombo before the object, so that the file does not wait for it', async () => {
    const warmUp = vi.spyOn(world.kombo, 'warmUp');
    const open = vi.spyOn(deps.storage, 'open');
    await send(world.put(key));
    expect(warmUp).toHaveBeenCalledBefore(open);
  });

  test('a delivery leaves no timer behind', async () => {
    const deadline = world.deadline();
    await deliver(world.put(key), { deadline }, deps);
    deadline.clear();
    expect(world.clock.timers()).toBe(0);
  });

  test('a delivery is reported once, with its outcome', async () => {
    world.kombo.script.push(() => {
      world.clock.advance(40);
      return takes();
    });
    const outcome = await send(world.put(key));
    expect(world.observed).toEqual([{ outcome, measures: { totalMs: 40, komboMs: 40, sizeBytes: pdf.length } }]);
    await send({ ...world.put(key), etag: 'etag-0' });
    expect(world.observed[1]?.measures).toStrictEqual({ totalMs: 0 });
  });

  test("a record keeps the correlation id of its object, and the object's size replaces that of the event", async () => {
    const upload = world.put(key, { metadata: { 'correlation-id': 'application-4711' } });
    await send({ ...upload, sizeBytes: 1 });
    expect(await world.recordOf(upload)).toMatchObject({
      correlationId: 'application-4711',
      upload: { sizeBytes: pdf.length },
    });
  });
});

test("a record keeps Kombo's words about a refusal, its link and a code that is not in the table", async () => {
  const said = { unlistedCode: 'REMOTE.QUITE_NEW', komboMessage: 'No room.', logUrl: 'https://app.kombo.dev/x' };
  world.kombo.script.push(() => refuses('KOMBO_REFUSED', said));
  const upload = world.put(key);
  await send(upload);
  expect((await world.recordOf(upload)).state).toMatchObject({ failure: { code: 'KOMBO_REFUSED', ...said } });
});

describe('a second event for the same upload', () => {
  test('a second event for the same upload costs one refused write, and is not reported', async () => {
    const upload = world.put(key);
    await send(upload);
    world.table.calls.length = 0;

    expect(await send(upload)).toMatchObject({ status: 'already-attached' });
    expect(world.kombo.posts).toHaveLength(1);
    expect(world.table.calls).toEqual(['put']);
  });

  test('of twenty concurrent events for one upload, only one sends it', async () => {
    const upload = world.put(key);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => send(upload, {}, world.newCourier())));

    expect(world.kombo.posts).toHaveLength(1);
    expect(outcomes.filter(({ status }) => status === 'attached')).toHaveLength(1);
    expect(outcomes.filter((its) => its.status === 'unchanged' && its.as === 'sending')).toHaveLength(19);
  });

  test('a second event does not send a waiting file before it is due, but does from then on', async () => {
    const upload = world.put(key);
    world.kombo.script.push(() => refuses('KOMBO_BROKE_OFF'));
    await send(upload);
    const { state } = await world.recordOf(upload);
    const dueAt = 'dueAt' in state ? state.dueAt : 0;
    world.clock.advance(dueAt - world.clock.now() - 1);
    expect(await send(upload)).toMatchObject({ status: 'unchanged', as: 'waiting', dueAt: new Date(dueAt) });
    expect(world.kombo.posts).toHaveLength(1);
    world.clock.advance(1);
    expect(await send(upload)).toMatchObject({ status: 'attached', attempt: 2 });
  });

  test('a second event that finds an ended lease makes the file unknown, and does not send it', async () => {
    const upload = world.put(key);
    world.kombo.script.push(() => new Promise(() => undefined));
    void send(upload, {}, world.newCourier());
    await world.run(until(() => world.kombo.posts.length === 1));
    world.clock.advance(7 * minute);

    const outcome = await send(upload);

    expect(outcome).toMatchObject({ status: 'unknown', failure: { code: 'LEASE_EXPIRED' } });
    expect((await world.recordOf(upload)).state).toMatchObject({ dueAt: world.clock.now() + minute });
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('a second event does not send a file whose record cannot be read', async () => {
    const upload = world.put(key);
    world.table.items.set(uploadId(upload), { pk: uploadId(upload), version: 1, document: '{"layout":2}' });
    expect(await send(upload)).toMatchObject({
      status: 'unchanged',
      as: 'held',
      failure: { code: 'RECORD_UNREADABLE' },
    });
    expect(world.kombo.posts).toEqual([]);
  });
});

describe('faults of a key or a file are settled without a call to Kombo', () => {
  test('a file whose key matches no template is rejected', async () => {
    const outcome = await send(world.put('elsewhere/CV.pdf'));
    expect(outcome).toMatchObject({ status: 'rejected', failure: { code: 'KEY_NOT_MATCHED' } });
    expect(outcome).not.toHaveProperty('target');
  });

  test('an object that was gone before its first attempt is superseded, because no file waited', async () => {
    const upload = world.put(key);
    world.bucket.clear();
    expect(await send(upload)).toMatchObject({ status: 'superseded', failure: { code: 'OBJECT_DELETED' } });
  });

  test('an object that was deleted while its file waited is rejected, so that it is listed and not lost', async () => {
    const upload = world.put(key);
    world.kombo.script.push(() => refuses('KOMBO_BROKE_OFF'));
    await send(upload);
    world.bucket.clear();
    expect(await send(upload, { early: true })).toMatchObject({ status: 'rejected', failure: { code: 'OBJECT_GONE' } });
  });

  test('an object that was replaced while its file waited is superseded, because its successor has its own event', async () => {
    const upload = world.put(key);
    world.kombo.script.push(() => refuses('KOMBO_BROKE_OFF'));
    await send(upload);
    world.put(key, { etag: 'etag-new' });
    expect(await send(upload, { early: true })).toMatchObject({
      status: 'superseded',
      failure: { code: 'OBJECT_REPLACED' },
    });
  });
});
