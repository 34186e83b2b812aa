import { beforeEach, describe, expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { minute, nine, second } from '../../fakes/ledger-samples.ts';
import { type DeliveryWorld, deliveryWorld } from '../../worlds/delivery-world.ts';

/** The same bytes with corrected metadata have the same ETag, and so the same record. */

let world: DeliveryWorld;
let courier: Courier;
beforeEach(() => {
  world = deliveryWorld();
  courier = world.newCourier();
});

const key = 'candidates/GRK123/Frank Doe CV.pdf';
const wrong = { 'kombo-remote-fields': 'no JSON' };
const alsoWrong = { 'kombo-remote-fields': '[]' };
const etag = 'etag-of-these-bytes';

type Facts = Pick<Upload, 'sequencer' | 'modifiedAt' | 'versionId'>;

/** Puts the file with this metadata, and returns the upload as its event, or a listing, reports it. */
const put = (metadata: Readonly<Record<string, string>>, modifiedAt: number, facts: Facts): Upload => ({
  ...world.put(key, { etag, metadata, modifiedAt }),
  ...facts,
});
const send = (upload: Upload): Promise<Outcome> => deliver(upload, { deadline: world.deadline() }, courier);

const rejected = { status: 'rejected', failure: { code: 'REMOTE_FIELDS_INVALID' } };
const unchanged = { status: 'unchanged', as: 'rejected' };

describe.each([
  ['with', { versionId: 'version-1' }, { versionId: 'version-2' }],
  ['without', {}, {}],
])('on a bucket %s versions', (_, firstVersion, secondVersion) => {
  const first = { sequencer: '0066F7B2A1C3D4E5F6', modifiedAt: nine, ...firstVersion };
  const next = { sequencer: '0066F7B2A1C3D4E5F7', modifiedAt: nine, ...secondVersion };

  test('the event of a corrected upload of the same second attaches it, and repeats of the first event change nothing', async () => {
    const original = put(wrong, nine, first);
    expect(await send(original)).toMatchObject(rejected);
    expect(await send(original)).toMatchObject(unchanged);
    world.clock.advance(10 * minute);
    expect(await send(original)).toMatchObject(unchanged);

    const corrected = put({}, nine, next);
    expect(await send(original)).toMatchObject(unchanged);
    expect(await send(corrected)).toMatchObject({ status: 'attached', attempt: 2 });
    expect(await send(original)).toMatchObject({ status: 'already-attached' });
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('the first event of a key does not reopen the record when it comes again after the second was judged', async () => {
    const original = put(wrong, nine, first);
    await send(original);
    const corrected = put(alsoWrong, nine, next);
    expect(await send(corrected)).toMatchObject({ ...rejected, attempt: 2 });
    expect(await send(original)).toMatchObject(unchanged);
    expect(await send(corrected)).toMatchObject(unchanged);
    expect((await world.recordOf(corrected)).upload).toMatchObject(next);
  });

  test('a corrected upload of the same second that only a listing shows is judged once more, and only once', async () => {
    world.clock.advance(400);
    await send(put(wrong, nine, first));
    world.clock.advance(minute);
    const listed = put(alsoWrong, nine, { modifiedAt: nine });
    expect(await send(listed)).toMatchObject({ ...rejected, attempt: 2 });
    world.clock.advance(minute);
    expect(await send(listed)).toMatchObject(unchanged);
  });

  test('a corrected upload of a later second that only a listing shows is attached', async () => {
    world.clock.advance(minute);
    await send(put(wrong, nine, first));
    const listed = put({}, nine + 2 * minute, { modifiedAt: nine + 2 * minute });
    expect(await send(listed)).toMatchObject({ status: 'attached', attempt: 2 });
  });

  test('events without a sequencer are distinguished by their times', async () => {
    world.clock.advance(minute);
    const original = put(wrong, nine, { modifiedAt: nine, ...firstVersion });
    await send(original);
    const corrected = put(alsoWrong, nine + minute, { modifiedAt: nine + minute, ...secondVersion });
    world.clock.advance(minute);
    expect(await send(corrected)).toMatchObject({ ...rejected, attempt: 2 });
    expect(await send(original)).toMatchObject(unchanged);
    expect(await send(corrected)).toMatchObject(unchanged);
  });
});

test('a rejection has the date of the object that was read, not of the event that led to it', async () => {
  // The second object already existed when the event of the first one was handled.
  const late = put(wrong, nine + 30 * second, { sequencer: '0A', modifiedAt: nine });
  world.clock.advance(minute);
  await send(late);
  expect((await world.recordOf(late)).upload).toMatchObject({ sequencer: '0A', modifiedAt: nine + 30 * second });
  const { sequencer: _, ...listed } = late;
  expect(await send({ ...listed, modifiedAt: nine + 30 * second })).toMatchObject(unchanged);
});

test('a rejection because of the key alone, without a read, keeps the date of its event', async () => {
  const upload: Upload = { ...world.put('elsewhere/CV.pdf'), sequencer: '0A', modifiedAt: nine };
  await send(upload);
  expect((await world.recordOf(upload)).upload).toEqual(upload);
});
