import { expect, test } from 'vitest';
import { ok } from '../../../lib/result.ts';
import { backfill, listUploads } from '../../../lib/runs/backfill.ts';
import type { ListedObject, Storage } from '../../../lib/upload/storage.ts';
import { minute } from '../../fakes/ledger-samples.ts';
import { takes } from '../../fakes/scripted-kombo.ts';
import { deliveryWorld } from '../../worlds/delivery-world.ts';

const object = (key: string, sizeBytes = 5): ListedObject => ({ key, etag: 'e', sizeBytes, modifiedAt: 0 });
const never = new AbortController().signal;

/** A bucket that lists two objects at a time. */
const bucketOf = (...objects: readonly ListedObject[]) => {
  const asked: (string | undefined)[] = [];
  const list: Storage['list'] = async (_bucket, { afterKey }) => {
    asked.push(afterKey);
    const rest = objects.filter(({ key }) => afterKey === undefined || key > afterKey);
    return ok({ objects: rest.slice(0, 2), more: rest.length > 2 });
  };
  return { asked, storage: { ...deliveryWorld().newDeps().storage, list } };
};
const keysOf = async (bucket: ReturnType<typeof bucketOf>, limit: number, afterKey?: string) => {
  const range = { prefix: '', limit, ...(afterKey !== undefined && { afterKey }) };
  const listed = await listUploads('b', range, never, bucket);
  if (!listed.ok) throw new Error(listed.error.code);
  return { keys: listed.value.uploads.map(({ key }) => key), afterKey: listed.value.afterKey };
};

test('a list is read over pages, no further than its limit, and names the place where it ended', async () => {
  const bucket = bucketOf(...['a', 'b', 'c', 'd', 'e'].map((key) => object(key)));
  expect(await keysOf(bucket, 3)).toEqual({ keys: ['a', 'b', 'c'], afterKey: 'c' });
  expect(bucket.asked).toEqual([undefined, 'b']);
  expect(await keysOf(bucket, 3, 'c')).toEqual({ keys: ['d', 'e'], afterKey: undefined });
});

test('a limit that is reached with the very last object leaves no place to go on', async () => {
  expect(await keysOf(bucketOf(object('a'), object('b')), 2)).toEqual({ keys: ['a', 'b'], afterKey: undefined });
});

test('folder markers count for nothing, and end the list when there are no end of them', async () => {
  const markers = Array.from({ length: 100 }, (_, index) => object(`${String(index).padStart(3, '0')}/`, 0));
  const bucket = bucketOf(...markers, object('z'));
  const first = await keysOf(bucket, 5);
  expect(first).toEqual({ keys: [], afterKey: '039/' });
  expect(bucket.asked).toHaveLength(20);
  expect((await keysOf(bucket, 5, '090/')).keys).toEqual(['z']);
});

test('many are sent side by side, no more than was told, and each once', async () => {
  const world = deliveryWorld();
  let running = 0;
  let most = 0;
  world.kombo.script.shift = () => async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return takes();
  };
  const uploads = Array.from({ length: 12 }, (_, index) => world.put(`candidates/GRK${index}/CV.pdf`));
  const options = { deadline: world.deadline(), parallelism: 3, worstCaseMs: minute, requireScan: false };
  expect(await backfill(uploads, options, world.newDeps())).toMatchObject({ begun: 12 });
  expect(most).toBe(3);
  expect(world.kombo.posts).toHaveLength(12);
});
