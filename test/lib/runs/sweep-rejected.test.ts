import { beforeEach, describe, expect, test, vi } from 'vitest';
import { deliver } from '../../../lib/delivery/deliver.ts';
import { toItem } from '../../../lib/ledger/record-item.ts';
import { type Upload, uploadId } from '../../../lib/upload/upload.ts';
import { minute, nine, recordIn, second } from '../../fakes/ledger-samples.ts';
import { prefix, type SweepWorld, sweepWorld } from '../../worlds/sweep-world.ts';

/** A file that was judged within seconds of its upload: S3 lists it with the date of what was judged. */

let its: SweepWorld;
beforeEach(() => {
  its = sweepWorld();
});

const wrong = { 'kombo-remote-fields': 'no JSON' };

/** Puts the same bytes under one key in the second of nine, and lists them as S3 does. */
const put = (metadata: Readonly<Record<string, string>>, key = `${prefix}GRK1/CV.pdf`, etag = 'same-bytes'): Upload => {
  const upload = its.world.put(key, { etag, metadata, modifiedAt: nine });
  its.objects.splice(0, its.objects.length, { key, etag, sizeBytes: upload.sizeBytes ?? 0, modifiedAt: nine });
  return upload;
};

/** Delivers it by its event, which names the second. */
const send = (upload: Upload) => {
  const event = { ...upload, sequencer: '0A', modifiedAt: nine };
  return deliver(event, { deadline: its.world.deadline() }, its.newCourier());
};

const observed = () => its.world.observed.map(({ outcome }) => outcome.status);

describe('a file that was rejected within seconds of its upload', () => {
  test('a file rejected within seconds of its upload is not reported as lost by the sweep, not judged again, and makes no second event', async () => {
    its.world.clock.advance(2 * second);
    const upload = put(wrong);
    expect(await send(upload)).toMatchObject({ status: 'rejected', failure: { code: 'REMOTE_FIELDS_INVALID' } });
    const { version } = await its.world.recordOf(upload);
    its.world.clock.advance(minute);
    expect(await its.run()).toMatchObject({ asked: 1, found: 0, unaccounted: 0, outcomes: {} });
    expect(await its.world.recordOf(upload)).toMatchObject({ version, state: { status: 'rejected' } });
    expect(observed()).toEqual(['rejected']);
  });

  test('a file rejected for its key or announced size, without a read, is not reported as lost by the sweep', async () => {
    const unmatched = put({}, 'candidates/no-target.pdf', 'unmatched');
    await send(unmatched);
    expect(await its.run()).toMatchObject({ asked: 1, found: 0 });
    const large = { ...put({}, `${prefix}GRK2/CV.pdf`, 'large'), sizeBytes: 200_000_000 };
    expect(await send(large)).toMatchObject({ status: 'rejected' });
    expect(await its.run()).toMatchObject({ asked: 1, found: 0 });
  });

  test('a rejected file whose metadata were corrected in the same second is found by the sweep when its event is lost', async () => {
    await send(put(wrong));
    its.world.clock.advance(minute);
    const corrected = put({});
    expect(await its.run()).toMatchObject({ found: 1, outcomes: { waiting: 1 } });
    expect(await its.world.recordOf(corrected)).toMatchObject({
      state: { status: 'waiting', failure: { code: 'EVENT_MISSED' } },
    });
  });

  test('a file rejected because its object was deleted is recorded again when the object is back in the same second', async () => {
    const upload = put({});
    const gone = { code: 'OBJECT_GONE', detail: 'It was deleted.' } as const;
    const state = { status: 'rejected', rejectedAt: nine, failure: gone } as const;
    const change = { upload: { ...upload, modifiedAt: nine }, attemptedAt: nine };
    its.world.table.items.set(uploadId(upload), toItem(recordIn(state, change), 400));
    expect(await its.run()).toMatchObject({ found: 1, outcomes: { waiting: 1 } });
  });

  test('a rejected file whose object was deleted after the listing is left unchanged by the sweep', async () => {
    const upload = put(wrong);
    await send(upload);
    its.world.bucket.delete(upload.key);
    expect(await its.run()).toMatchObject({ asked: 1, found: 0, unaccounted: 0 });
    expect((await its.world.recordOf(upload)).state.status).toBe('rejected');
  });

  test('a corrected upload that cannot be opened now is found by the next pass of the sweep', async () => {
    await send(put(wrong));
    its.world.clock.advance(minute);
    put({});
    const failure = { code: 'STORAGE_UNAVAILABLE', detail: 'S3 answered SlowDown.' } as const;
    const courier = its.newCourier();
    const open = vi.spyOn(courier.storage, 'open').mockResolvedValue({ ok: false, error: failure });
    expect(await its.run({ courier })).toMatchObject({ asked: 1, found: 0, unaccounted: 0 });
    open.mockRestore();
    its.world.clock.advance(60 * minute);
    expect(await its.run({ courier })).toMatchObject({ asked: 1, found: 1 });
  });
});
