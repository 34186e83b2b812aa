import { beforeEach, describe, expect, test } from 'vitest';
import { fail, ok } from '../../../lib/result.ts';
import { unwatchedFolders } from '../../../lib/runs/unwatched-folders.ts';
import type { ListRange } from '../../../lib/upload/storage.ts';
import { day, hour, minute, nine, second, states } from '../../fakes/ledger-samples.ts';
import { prefix, type SweepWorld, sweepWorld } from '../../worlds/sweep-world.ts';

let its: SweepWorld;
let world: SweepWorld['world'];
beforeEach(() => {
  its = sweepWorld();
  world = its.world;
});

const scheduled = { startNow: false };

describe('a pass of the sweep', () => {
  test('a sweep pass starts as often as SWEEP_EVERY_MINUTES says', async () => {
    const often = { ...scheduled, settings: { sweepEveryMs: 5 * minute } };
    await its.run(often);
    world.clock.advance(4 * minute + 30 * second);
    expect(await its.run(often)).toMatchObject({ pass: 'finished' });
  });

  test('a sweep pass starts immediately when an operator asks for it', async () => {
    await its.run(scheduled);
    world.clock.advance(second);
    world.table.calls.length = 0;
    expect(await its.run(scheduled)).toMatchObject({ pass: 'not due', listed: 0 });
    expect(world.table.calls).toEqual(['get']);
    expect(await its.run({ startNow: true })).toMatchObject({ pass: 'finished' });
  });

  test('a sweep pass asks the ledger about objects since an hour before the last pass, and once a day about those of three days', async () => {
    const asked: number[] = [];
    its.add('1', nine - 2 * day, states.attached);
    its.add('2', nine - 90 * minute, states.attached);
    for (let hours = 0; hours <= 48; hours += 1) {
      asked.push((await its.run(scheduled)).asked);
      world.clock.advance(hour);
    }
    // The first pass asks about both; a day later the older one is three days old.
    const hours = asked.flatMap((count, hour) => (count > 0 ? [[hour, count]] : []));
    expect(hours).toEqual([
      [0, 2],
      [24, 1],
      [48, 1],
    ]);
  });

  test('the age of an unfinished sweep pass is counted from its start', async () => {
    its.add('1');
    its.lists.takesMs = 80 * second;
    const report = await its.run(scheduled);
    expect(report).toMatchObject({ pass: 'in progress', lastPass: { unaccounted: 0, ageMs: 80 * second } });
  });

  test('the age of a finished sweep pass is counted from its end', async () => {
    await its.run(scheduled);
    world.clock.advance(7 * minute);
    expect(await its.run(scheduled)).toMatchObject({
      pass: 'not due',
      lastPass: { unaccounted: 0, ageMs: 7 * minute },
    });
  });
});

test('a sweep leaves no timer behind', async () => {
  const deadline = world.deadline();
  const before = world.clock.timers();
  await its.run({ deadline });
  expect(world.clock.timers()).toBe(before);
});

describe('a run of the sweep', () => {
  const fill = (count: number): void => {
    for (let index = 0; index < count; index += 1) its.add(String(1000 + index), nine - hour, states.attached);
  };

  test('a run of the sweep lists for at most a quarter of its time, and the next one continues there', async () => {
    fill(20);
    its.lists.pageSize = 1;
    its.lists.takesMs = 10 * second;
    // 75 of 300 seconds: the eighth page ends after that.
    expect(await its.run(scheduled)).toMatchObject({ listed: 8, pass: 'in progress' });
    expect(world.clock.now()).toBe(nine + 80 * second);
    expect(await its.run(scheduled)).toMatchObject({ listed: 8, pass: 'in progress' });
    expect(await its.run(scheduled)).toMatchObject({ listed: 4, pass: 'finished' });
    expect(its.lists.asked).toHaveLength(20);
  });

  test('a run of the sweep ends a listing that takes longer than its share', async () => {
    const courier = its.newCourier();
    const list: typeof courier.storage.list = (_bucket, _range, signal) =>
      new Promise((resolve) => {
        const aborted = {
          ok: false,
          error: { code: 'STORAGE_UNAVAILABLE', detail: 'S3 answered AbortError.' },
        } as const;
        signal.addEventListener('abort', () => resolve(aborted));
      });
    const run = its.run({ ...scheduled, courier: { ...courier, storage: { ...courier.storage, list } } });
    expect(await world.run(run)).toMatchObject({ pass: 'in progress' });
    expect(world.clock.now()).toBeLessThan(nine + 76 * second);
    // This is not a fault of the bucket, so nothing is reported.
    expect(world.logged).toEqual([]);
  });

  test('a run of the sweep lists each page once, and a concurrent one lists nothing', async () => {
    fill(5);
    its.lists.pageSize = 1;
    const reports = await Promise.all([its.run(), its.run(), its.run()]);
    expect(reports.map(({ pass }) => pass).sort()).toEqual(['finished', 'taken', 'taken']);
    expect(its.lists.asked).toHaveLength(5);
  });

  test('a run of the sweep leaves a pass to the run that has its lease, until the lease ends', async () => {
    fill(2);
    const stopped = its.run({ courier: silentAfter(0) });
    stopped.catch(() => undefined);
    await turns();
    world.clock.advance(3 * minute - second);
    expect(await its.run(scheduled)).toMatchObject({ pass: 'taken', listed: 0 });
    world.clock.advance(second);
    expect(await its.run(scheduled)).toMatchObject({ pass: 'finished', listed: 2 });
  });

  test.each(['a listing', 'a listing that fails', 'a read of the ledger', 'the listing of the root'] as const)(
    'a run of the sweep that froze in %s stops when another run has taken the sweep after its lease',
    async (place) => {
      fill(3);
      its.lists.pageSize = 1;
      const { courier, goOn } = freezing(place);
      const slow = its.run({ courier });
      await turns();
      world.clock.freeze(4 * minute);
      expect(await its.run(scheduled)).toMatchObject({ pass: 'finished' });
      world.clock.advance(second);
      goOn();
      expect(await slow).toMatchObject({ pass: 'taken' });
      expect(its.item().lease).toBeUndefined();
    },
  );

  test('a run of the sweep that dies loses at most a minute: the next one continues after its last cursor and skips nothing', async () => {
    for (let index = 0; index < 30; index += 1) its.add(String(1000 + index), nine - hour);
    its.lists.pageSize = 1;
    its.lists.takesMs = 10 * second;
    // Six pages take a minute; the run stops silently in its tenth.
    const stopped = its.run({ courier: silentAfter(9), deadline: world.deadline(15 * minute) });
    stopped.catch(() => undefined);
    await turns();
    expect(its.waiting()).toHaveLength(9);
    const { pass } = its.item();
    expect(pass?.afterKey).toBe('candidates/GRK1004/CV.pdf');
    world.clock.advance(3 * minute);
    its.lists.takesMs = 0;
    its.lists.asked.length = 0;
    expect(await its.run(scheduled)).toMatchObject({ pass: 'finished', listed: 25, found: 21 });
    expect(its.lists.asked[0]).toMatchObject({ afterKey: 'candidates/GRK1004/CV.pdf' });
    expect(its.waiting()).toHaveLength(30);
  });

  test('a run of the sweep also writes its cursor within a page that takes long, and continues after it', async () => {
    for (let index = 0; index < 20; index += 1) its.add(String(1000 + index), nine - hour);
    const stopped = its.run({ courier: slow(silentAfter(1)), deadline: world.deadline(15 * minute) });
    stopped.catch(() => undefined);
    await turns();
    const afterKey = 'candidates/GRK1003/CV.pdf';
    expect(its.item().pass).toMatchObject({ afterKey });
    world.clock.advance(3 * minute);
    expect(await its.run(scheduled)).toMatchObject({ found: 16, pass: 'finished' });
    expect(its.lists.asked.at(-1)).toMatchObject({ afterKey });
  });

  test('a run of the sweep that wrote its cursor within a page finishes the page and the pass', async () => {
    for (let index = 0; index < 8; index += 1) its.add(String(1000 + index), nine - hour);
    const run = its.run({ courier: slow(its.newCourier()), deadline: world.deadline(15 * minute) });
    expect(await run).toMatchObject({ found: 8, pass: 'finished' });
    expect(its.lists.asked).toMatchObject([{}, { afterKey: 'candidates/GRK1003/CV.pdf' }]);
  });

  /** A function that writes a record every 15 seconds. */
  const slow = (courier: ReturnType<typeof its.newCourier>) => {
    const postpone: typeof courier.ledger.postpone = (event, seen) => {
      world.clock.advance(15 * second);
      return courier.ledger.postpone(event, seen);
    };
    return { ...courier, ledger: { ...courier.ledger, postpone } };
  };

  /** A function whose listings stop answering after this many, like those of a function that was killed. */
  const silentAfter = (pages: number) => {
    const courier = its.newCourier();
    let left = pages;
    const list: typeof courier.storage.list = async (...asked) =>
      left-- > 0 ? courier.storage.list(...asked) : new Promise<never>(() => undefined);
    return { ...courier, storage: { ...courier.storage, list } };
  };

  /** A function that freezes in its second call of this kind, or in the listing of the root. */
  const freezing = (
    place: 'a listing' | 'a listing that fails' | 'a read of the ledger' | 'the listing of the root',
  ) => {
    const courier = its.newCourier();
    const { promise: gate, resolve: goOn } = Promise.withResolvers<void>();
    let [lists, reads] = [0, 0];
    const list: typeof courier.storage.list = async (bucket, range, signal) => {
      const isRoot = range.delimiter !== undefined;
      if (!isRoot) lists += 1;
      if (place === 'the listing of the root' ? isRoot : place.startsWith('a listing') && lists === 2) await gate;
      return place === 'a listing that fails' && lists === 2
        ? fail('STORAGE_UNAVAILABLE', 'S3 answered SlowDown.')
        : courier.storage.list(bucket, range, signal);
    };
    const readMany: typeof courier.ledger.readMany = async (ids) => {
      reads += 1;
      if (place === 'a read of the ledger' && reads === 2) await gate;
      return courier.ledger.readMany(ids);
    };
    const storage = { ...courier.storage, list };
    return { courier: { ...courier, storage, ledger: { ...courier.ledger, readMany } }, goOn: () => goOn() };
  };

  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
});

describe('an empty page of a listing that says that more follow', () => {
  test('an empty truncated page is continued by its token, and nothing after it is left out', async () => {
    its.lists.pageSize = 1;
    its.add('1');
    its.add('2');
    its.emptyPagesAfter.set('', 2).set('candidates/GRK1/CV.pdf', 3);
    expect(await its.run()).toMatchObject({ listed: 2, found: 2, pass: 'finished' });
    expect(its.lists.asked.map(({ token }) => token)).toEqual([undefined, '1', '2', undefined, '1', '2', '3']);
  });

  test('an empty truncated page is continued by its token in the next run, too', async () => {
    its.add('1');
    its.emptyPagesAfter.set('', 20);
    its.lists.takesMs = 10 * second;
    expect(await its.run(scheduled)).toMatchObject({ listed: 0, pass: 'in progress' });
    expect(its.item().pass).toMatchObject({ token: '8' });
    expect(await its.run(scheduled)).toMatchObject({ listed: 0, pass: 'in progress' });
    expect(await its.run(scheduled)).toMatchObject({ listed: 1, pass: 'finished' });
  });

  test('an empty truncated page whose token is no longer accepted is listed again from the key before it', async () => {
    its.add('1');
    its.emptyPagesAfter.set('', 20);
    its.lists.takesMs = 10 * second;
    await its.run(scheduled);
    its.lists.takesMs = 0;
    const courier = its.newCourier();
    const list: typeof courier.storage.list = async (bucket, range, signal) =>
      range.token === '8'
        ? { ok: false, error: { code: 'STORAGE_UNAVAILABLE', detail: 'S3 answered InvalidArgument (HTTP 400).' } }
        : courier.storage.list(bucket, range, signal);
    const expired = { ...scheduled, courier: { ...courier, storage: { ...courier.storage, list } } };
    expect(await its.run(expired)).toMatchObject({ pass: 'in progress' });
    expect(its.item().pass).toEqual({ startedAt: nine, prefix, deep: true, unaccounted: 0, unmatched: 0 });
    its.emptyPagesAfter.clear();
    expect(await its.run(expired)).toMatchObject({ pass: 'finished', found: 1 });
  });
});

describe('folders at the root', () => {
  test('root folders that no template watches are stored with each pass, masked and listed once', async () => {
    its.add('1', nine - hour, states.attached);
    its.add('Frank Doe/CV.pdf');
    its.add('applications/x.pdf');
    its.add('ab/x.pdf');
    const courier = its.newCourier('candidates/{candidate_id}/{filename}|ab/deep/{candidate_id}/{filename}');
    await its.run({ courier });
    expect(its.lists.roots).toHaveLength(1);
    expect(its.lists.asked.map((range) => range.prefix)).toEqual(['ab/deep/', prefix]);
    expect(its.item().folders).toEqual(['Fr•••/ (length 9)', 'ap•••/ (length 12)']);
    expect(its.waiting()).toEqual([]);
    await its.run(scheduled);
    expect(its.lists.roots).toHaveLength(1);
  });

  test.each([
    ['20 are found that no template watches', 'newest', 7, 20],
    ['20 pages were listed', 'candidates', 20, 0],
  ])('root folders are listed page by page until %s', async (_, name, pages, found) => {
    const asked: ListRange[] = [];
    const list = async (_bucket: string, range: ListRange) => {
      asked.push(range);
      const folders = Array.from({ length: 3 }, () => `${name}/`);
      return ok({ objects: [], folders, next: `token ${asked.length}` });
    };
    const listed = await unwatchedFolders('cv-inbox', [prefix], new AbortController().signal, { list });
    expect(listed).toMatchObject({ value: Array(found).fill('ne•••/ (length 6)') });
    const tokens = Array.from({ length: pages }, (_value, page) => (page === 0 ? undefined : `token ${page}`));
    expect(asked).toEqual(tokens.map((token) => ({ prefix: '', delimiter: '/', token })));
  });

  test.each([
    ['and the log has the reason', 0, 1],
    ['silently when only time ran out', 5 * minute, 0],
  ])('root folders that cannot be listed stay as the last pass has stored them, %s', async (_, takesMs, logged) => {
    its.add('other/x.pdf');
    await its.run();
    const { folders } = its.item();
    const courier = its.newCourier();
    const list: typeof courier.storage.list = async (bucket, range, signal) => {
      if (range.delimiter === undefined) return courier.storage.list(bucket, range, signal);
      world.clock.advance(takesMs);
      return fail('STORAGE_UNAVAILABLE', 'S3 answered SlowDown.');
    };
    const run = its.run({ courier: { ...courier, storage: { ...courier.storage, list } } });
    expect(await run).toMatchObject({ pass: 'finished' });
    expect([folders, its.item().folders]).toEqual([['ot•••/ (length 5)'], folders]);
    const message = 'The root of the bucket could not be listed.';
    const entry = { message, code: 'STORAGE_UNAVAILABLE', detail: 'S3 answered SlowDown.' };
    expect(world.logged).toEqual(Array(logged).fill(entry));
  });

  test('root folders are not listed when a template watches the whole bucket', async () => {
    its.add('Frank Doe/CV.pdf');
    await its.run({ courier: its.newCourier('{candidate_id}/{filename}') });
    expect([its.lists.roots, its.item().folders]).toEqual([[], []]);
  });
});
