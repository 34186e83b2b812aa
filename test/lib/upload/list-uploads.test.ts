import { expect, test } from 'vitest';
import { ok } from '../../../lib/result.ts';
import { listUploads } from '../../../lib/upload/list-uploads.ts';
import type { ListedObject, Storage } from '../../../lib/upload/storage.ts';
import { listedPage } from '../../fakes/listed-page.ts';
import { deliveryWorld } from '../../worlds/delivery-world.ts';

const object = (key: string, sizeBytes = 5): ListedObject => ({ key, etag: 'e', sizeBytes, modifiedAt: 0 });
const never = new AbortController().signal;

/** A bucket that lists two objects at a time. */
const bucketOf = (...objects: readonly ListedObject[]) => {
  const asked: (string | undefined)[] = [];
  const list: Storage['list'] = async (_bucket, range) => {
    asked.push(range.token ?? range.afterKey);
    return ok(listedPage(objects, range, 2));
  };
  return { asked, storage: { ...deliveryWorld().newCourier().storage, list } };
};
const keysOf = async (bucket: ReturnType<typeof bucketOf>, limit: number, afterKey?: string) => {
  const range = { prefix: '', limit, ...(afterKey !== undefined && { afterKey }) };
  const listed = await listUploads('b', range, never, bucket.storage);
  if (!listed.ok) throw new Error(listed.error.code);
  return { keys: listed.value.uploads.map(({ key }) => key), afterKey: listed.value.afterKey };
};

test('a list of uploads is read over pages, up to its limit, and returns where it ended', async () => {
  const bucket = bucketOf(...['a', 'b', 'c', 'd', 'e'].map((key) => object(key)));
  expect(await keysOf(bucket, 3)).toEqual({ keys: ['a', 'b', 'c'], afterKey: 'c' });
  expect(bucket.asked).toEqual([undefined, 'token:b']);
  expect(await keysOf(bucket, 3, 'c')).toEqual({ keys: ['d', 'e'], afterKey: undefined });
});

test('a list of uploads that reaches its limit with the very last object has no place to continue', async () => {
  expect(await keysOf(bucketOf(object('a'), object('b')), 2)).toEqual({ keys: ['a', 'b'], afterKey: undefined });
});

test('folder markers are not counted as uploads, and too many of them end the list', async () => {
  const markers = Array.from({ length: 100 }, (_, index) => object(`${String(index).padStart(3, '0')}/`, 0));
  const bucket = bucketOf(...markers, object('z'));
  const first = await keysOf(bucket, 5);
  expect(first).toEqual({ keys: [], afterKey: '039/' });
  expect(bucket.asked).toHaveLength(20);
  expect((await keysOf(bucket, 5, '090/')).keys).toEqual(['z']);
});

test('a list of uploads continues over empty truncated pages, as after a million deleted objects', async () => {
  const asked: unknown[] = [];
  const list: Storage['list'] = async (_bucket, { token, afterKey }) => {
    asked.push(token ?? afterKey);
    const number = Number(token ?? 0);
    return ok(
      number < 50
        ? { objects: [], folders: [], next: String(number + 1) }
        : { objects: [object('c'), object('d')], folders: [] },
    );
  };
  const listed = await listUploads('b', { prefix: '', afterKey: 'a', limit: 5 }, never, { list });
  expect(listed).toMatchObject({ ok: true, value: { uploads: [{ key: 'c', modifiedAt: 0 }, { key: 'd' }] } });
  expect(asked).toEqual(['a', ...Array.from({ length: 50 }, (_, index) => String(index + 1))]);
});
