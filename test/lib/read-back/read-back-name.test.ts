import { beforeEach, expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import { readBack } from '../../../lib/read-back/read-back.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { minute, nine, second } from '../../fakes/ledger-samples.ts';
import { losesAnswer, losesFile, refuses } from '../../fakes/scripted-kombo.ts';
import { type DeliveryWorld, deliveryWorld } from '../../worlds/delivery-world.ts';

/** A function died while it sent: nobody noted the name on the wire, which the object's metadata had given. */
let world: DeliveryWorld;
let deps: Courier;
let upload: Upload;
const key = 'candidates/GRK123/upload-7.pdf';
const listed = { name: 'Frank Doe CV.pdf', type: 'CV', createdAt: nine + minute };

beforeEach(async () => {
  world = deliveryWorld();
  deps = world.newCourier();
  upload = world.put(key, { metadata: { filename: 'Frank Doe CV.pdf' } });
  await dies(upload);
});

/** Claims it and is never heard of again, until somebody finds the lease expired. */
const dies = async (its: Upload): Promise<void> => {
  const id = its.key.split('/')[1] ?? '';
  const target = { kind: 'candidate', id, integrationId: deps.settings.integrationId ?? '' } as const;
  const leaseUntil = world.clock.now() + 7 * minute;
  await deps.ledger.claim({ kind: 'claim', upload: its, target, attachmentType: 'CV', owner: 'dead', leaseUntil });
  world.clock.advance(8 * minute);
  await deliver(its, { deadline: world.deadline() }, deps);
  world.clock.advance(minute);
};

const read = async (listing: readonly object[], its = deps): Promise<Outcome> => {
  world.kombo.listing = () => ({ ok: true, value: listing, concurrency: {} });
  return world.run(readBack(await world.recordOf(upload), world.deadline(), its));
};

test('the object tells it again', async () => {
  expect(await read([listed])).toMatchObject({ status: 'attached' });
});

test('when the object is gone, a file under any name may be it: an operator looks', async () => {
  world.bucket.delete(key);
  expect(await read([listed])).toMatchObject({
    status: 'held',
    failure: {
      code: 'OUTCOME_UNKNOWN',
      detail:
        'The name under which it was sent is not certain, and the target lists a file that may be it. It began with LEASE_EXPIRED.',
    },
  });
});

test('when the object is gone and nothing came to the target since, it never arrived', async () => {
  world.bucket.delete(key);
  const old = { ...listed, createdAt: nine - 60 * minute };
  expect(await read([old, { ...listed, type: 'OTHER' }])).toMatchObject({ status: 'unknown' });
  expect((await world.recordOf(upload)).state).toMatchObject({ absentListings: 1 });
});

test('when the object is gone, the name in its key is evidence all the same', async () => {
  world.bucket.delete(key);
  expect(await read([{ ...listed, name: 'upload-7.pdf' }])).toMatchObject({ status: 'attached' });
});

test('when the storage is away for a moment, it is asked again before an operator is', async () => {
  const open = async () => ({ ok: false, error: { code: 'STORAGE_UNAVAILABLE', detail: 'S3 answered 503.' } }) as const;
  const away = { ...deps, storage: { ...deps.storage, open } };
  expect(await read([listed], away)).toMatchObject({ status: 'unknown' });
  expect((await world.recordOf(upload)).state).toMatchObject({ failedReadings: 1, absentListings: 0 });
});

test('a token in the name is found under any name, and its absence is proof', async () => {
  const withToken = world.newCourier({ nameToken: true });
  world.bucket.delete(key);
  expect(await read([listed], withToken)).toMatchObject({ status: 'unknown' });
  expect(await read([{ ...listed, name: `Frank Doe CV-${upload.etag.slice(0, 8)}.pdf` }], withToken)).toMatchObject({
    status: 'attached',
  });
});

test('a body that stands still is waited for no longer than half a minute', async () => {
  const open: typeof deps.storage.open = async (...asked) => {
    const opened = await deps.storage.open(...asked);
    if (!opened.ok) return opened;
    async function* chunks(): AsyncGenerator<Uint8Array> {
      await new Promise<never>(() => undefined);
    }
    return { ...opened, value: { ...opened.value, chunks: chunks() } };
  };
  const before = world.clock.now();
  expect(await read([listed], { ...deps, storage: { ...deps.storage, open } })).toMatchObject({ status: 'unknown' });
  expect(world.clock.now() - before).toBeLessThan(40 * second);
});

test('the name of an earlier attempt is not taken for that of the next one', async () => {
  const inbox = 'candidates/GRK456/upload-8.pdf';
  world.kombo.script.push(() => refuses('REMOTE.INPUT_INVALID'));
  const first = { ...world.put(inbox, { etag: 'same' }), versionId: 'version-1' };
  await deliver(first, { deadline: world.deadline() }, deps);
  const second = {
    ...world.put(inbox, { etag: 'same', metadata: { filename: 'Jo Roe.pdf' } }),
    versionId: 'version-2',
  };
  await dies(second);
  upload = second;
  expect(await read([{ ...listed, name: 'Jo Roe.pdf', createdAt: world.clock.now() }])).toMatchObject({
    status: 'attached',
  });
});

test('when an earlier attempt may have gone out under another name, a file under any may be it', async () => {
  const inbox = 'candidates/GRK456/upload-8.pdf';
  const first = { ...world.put(inbox, { etag: 'same' }), versionId: 'version-1' };
  world.kombo.script.push(losesFile);
  await deliver(first, { deadline: world.deadline() }, deps);
  upload = first;
  world.clock.advance(minute);
  await read([]);
  world.clock.advance(5 * minute);
  expect(await read([])).toMatchObject({ status: 'retrying' });
  world.kombo.script.push(losesAnswer);
  await deliver(
    world.put(inbox, { etag: 'same', metadata: { filename: 'Jo Roe.pdf' } }),
    { deadline: world.deadline() },
    deps,
  );
  world.clock.advance(minute);
  expect(await read([{ ...listed, name: 'Anything.pdf', createdAt: world.clock.now() }])).toMatchObject({
    status: 'held',
  });
});

test('a find that would have to be judged again after the function has ended is left to the next run', async () => {
  world.kombo.listing = () => ({ ok: true, value: [{ ...listed, createdAt: world.clock.now() }], concurrency: {} });
  const before = world.clock.now();
  const outcome = await world.run(readBack(await world.recordOf(upload), world.deadline(9 * second), deps));
  expect(outcome).toMatchObject({ status: 'unknown' });
  expect(world.clock.now() - before).toBeLessThan(5 * second);
});
