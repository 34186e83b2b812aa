import { expect, test } from 'vitest';
import { deadlineIn } from '../../../lib/deadline.ts';
import { stopWhenStalled } from '../../../lib/stream/stall-timeout.ts';
import { chunksOf, collect, thenFailure, thenSilence } from '../../fakes/chunks.ts';
import { manualClock } from '../../fakes/manual-clock.ts';

const stallMs = 20_000;

test('the stall timeout passes on all bytes and leaves no timer behind', async () => {
  const clock = manualClock();
  const deadline = deadlineIn(clock, 60_000);
  const bytes = await collect(stopWhenStalled(chunksOf('foo', 'bar'), stallMs, deadline, clock));
  deadline.clear();
  expect(bytes.toString()).toBe('foobar');
  expect(clock.timers()).toBe(0);
});

test('the stall timeout ends a source that is silent for longer than the limit', async () => {
  const clock = manualClock();
  const source = stopWhenStalled(thenSilence('foo'), stallMs, deadlineIn(clock, 60_000), clock);
  await source.next();
  const next = source.next();
  clock.advance(19_999);
  clock.advance(1);
  await expect(next).rejects.toMatchObject({ code: 'SOURCE_STALLED', message: 'S3 sent nothing for 20 s.' });
});

test('the stall timeout does not count the time that the receiver takes', async () => {
  const clock = manualClock();
  const source = stopWhenStalled(chunksOf('foo', 'bar'), stallMs, deadlineIn(clock, 600_000), clock);
  await source.next();
  clock.advance(300_000);
  expect((await source.next()).value).toEqual(Buffer.from('bar'));
});

test('the stall timeout ends a silent source at the deadline when that comes first', async () => {
  const clock = manualClock();
  const source = stopWhenStalled(thenSilence(), stallMs, deadlineIn(clock, 5_000), clock);
  const next = source.next();
  clock.advance(5_000);
  await expect(next).rejects.toMatchObject({ code: 'OUT_OF_TIME' });
});

test('the stall timeout ends a source that sends byte by byte at the deadline', async () => {
  const clock = manualClock();
  async function* drip(): AsyncGenerator<Uint8Array> {
    for (;;) {
      await new Promise<void>((resolve) => clock.after(9_000, resolve));
      yield new Uint8Array(1);
    }
  }
  const source = stopWhenStalled(drip(), stallMs, deadlineIn(clock, 20_000), clock);
  for (const _ of [1, 2]) {
    const next = source.next();
    clock.advance(9_000);
    await next;
  }
  const last = source.next();
  clock.advance(2_000);
  await expect(last).rejects.toMatchObject({ code: 'OUT_OF_TIME' });
});

test('a source that breaks off is reported as STORAGE_UNAVAILABLE, whatever its error says', async () => {
  const clock = manualClock();
  const broken = thenFailure(new Error('socket hang up of candidates/Frank Doe.pdf'), 'foo');
  const reading = collect(stopWhenStalled(broken, stallMs, deadlineIn(clock, 60_000), clock));
  await expect(reading).rejects.toMatchObject({
    code: 'STORAGE_UNAVAILABLE',
    message: 'S3 broke the connection while the object was being read.',
  });
});

test('a source that breaks off after it was given up does no harm', async () => {
  const clock = manualClock();
  const breaking = Promise.withResolvers<void>();
  async function* source(): AsyncGenerator<Uint8Array> {
    await breaking.promise;
    yield new Uint8Array(1);
  }
  const next = stopWhenStalled(source(), stallMs, deadlineIn(clock, 60_000), clock).next();
  clock.advance(stallMs);
  await expect(next).rejects.toMatchObject({ code: 'SOURCE_STALLED' });
  // An unhandled rejection here would fail the whole run.
  breaking.reject(new Error('too late'));
  await new Promise(setImmediate);
});
