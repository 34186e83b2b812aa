import { beforeEach, expect, test } from 'vitest';
import { deliver } from '../../lib/deliver.ts';
import type { Outcome } from '../../lib/outcome.ts';
import { readBack } from '../../lib/read-back.ts';
import type { ReprocessDeps } from '../../lib/reprocess.ts';
import type { Upload } from '../../lib/upload.ts';
import { type DeliveryWorld, deliveryWorld } from './delivery-world.ts';
import { minute, nine } from './ledger/samples.ts';

/** A function died while it sent: nobody noted the name on the wire, which the object's metadata had given. */
let world: DeliveryWorld;
let deps: ReprocessDeps;
let upload: Upload;
const key = 'candidates/GRK123/upload-7.pdf';
const listed = { name: 'Frank Doe CV.pdf', type: 'CV', createdAt: nine + minute };

beforeEach(async () => {
  world = deliveryWorld();
  deps = world.newDeps();
  upload = world.put(key, { metadata: { filename: 'Frank Doe CV.pdf' } });
  const target = { kind: 'candidate', id: 'GRK123', integrationId: deps.settings.integrationId ?? '' } as const;
  const leaseUntil = nine + 7 * minute;
  await deps.ledger.claim({ kind: 'claim', upload, target, attachmentType: 'CV', owner: 'one that died', leaseUntil });
  world.clock.advance(8 * minute);
  await deliver(upload, { deadline: world.deadline() }, deps);
  world.clock.advance(minute);
});

const read = async (listing: readonly object[], its = deps): Promise<Outcome> => {
  world.kombo.listing = () => ({ ok: true, value: listing, concurrency: {} });
  return world.run(readBack(await world.recordOf(upload), world.deadline(), its));
};

test('the object tells it again', async () => {
  expect(await read([listed])).toMatchObject({ status: 'attached' });
});

test('when the object is gone, a file under any name may be it: a person looks', async () => {
  world.bucket.delete(key);
  expect(await read([listed])).toMatchObject({
    status: 'held',
    failure: {
      code: 'OUTCOME_UNKNOWN',
      detail:
        'The object is gone, nobody noted under which name it went out, and the target lists a file that may be it. It began with LEASE_EXPIRED.',
    },
  });
});

test('when the object is gone and nothing came to the target since, it never arrived', async () => {
  world.bucket.delete(key);
  const old = { ...listed, createdAt: nine - 60 * minute };
  expect(await read([old, { ...listed, type: 'OTHER' }])).toMatchObject({ status: 'unknown' });
  expect((await world.recordOf(upload)).state).toMatchObject({ misses: 1 });
});

test('when the object is gone, the name in its key is evidence all the same', async () => {
  world.bucket.delete(key);
  expect(await read([{ ...listed, name: 'upload-7.pdf' }])).toMatchObject({ status: 'attached' });
});

test('when the storage is away for a moment, it is asked again before a person is', async () => {
  const open = async () => ({ ok: false, error: { code: 'STORAGE_UNAVAILABLE', detail: 'S3 answered 503.' } }) as const;
  const away = { ...deps, storage: { ...deps.storage, open } };
  expect(await read([listed], away)).toMatchObject({ status: 'unknown' });
  expect((await world.recordOf(upload)).state).toMatchObject({ failedReadings: 1, misses: 0 });
});

test('a token in the name is found under any name, and its absence is proof', async () => {
  const withToken = world.newDeps({ nameToken: true });
  world.bucket.delete(key);
  expect(await read([listed], withToken)).toMatchObject({ status: 'unknown' });
  expect(await read([{ ...listed, name: `Frank Doe CV-${upload.etag.slice(0, 8)}.pdf` }], withToken)).toMatchObject({
    status: 'attached',
  });
});
