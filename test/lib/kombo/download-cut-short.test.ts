import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../lib/clock.ts';
import { deadlineIn } from '../../../lib/deadline.ts';
import { type Downloaded, download } from '../../../lib/kombo/download.ts';
import { fastClock } from '../../fakes/fast-clock.ts';
import { inTime } from '../../fakes/kombo-caller.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import {
  chunk,
  chunked,
  contentLength,
  cutShort,
  cv,
  cvRead,
  downloadFrom,
  downloadOfAll,
  linksTo,
  responseHead,
  serverThat,
  wantedOf,
} from '../../worlds/download-world.ts';

describe('a download that is cut short and may succeed later', () => {
  test.each([
    ['an announced length and fewer bytes', responseHead(contentLength(30)) + cv],
    ['an announced length and no bytes', responseHead(contentLength(20))],
    ['no last chunk', responseHead(chunked) + chunk(cv)],
    ['half a chunk', `${responseHead(chunked)}14\r\nFrank`],
    ['a chunk without a length', `${responseHead(chunked)}${chunk('Frank')}Doe\r\n`],
  ])('an answer with %s is a download cut short', async (_, answer) => {
    expect(await downloadOfAll(answer)).toEqual(cutShort);
    const reset = await serverThat((call) => {
      call.write(answer);
      setTimeout(call.reset, 10);
    });
    expect(await downloadFrom(reset)).toEqual(cutShort);
  });

  test.each([19, 21])(
    'a body that ends without an error after %i of 20 bytes is a download cut short',
    async (sizeBytes) => {
      async function* chunks() {
        yield Buffer.alloc(sizeBytes);
      }
      const { links, closed } = linksTo({ 'content-length': '20' }, chunks);
      expect(await download(links, '', wantedOf({}), { deadline: inTime(), clock: systemClock })).toEqual(cutShort);
      expect(closed()).toBe(1);
    },
  );

  test('a link that goes silent, with no end but the close of its connection, is a download cut short', async () => {
    const server = await serverThat((call) => call.write(responseHead() + cv));
    expect(await downloadFrom(server, {}, { clock: fastClock() })).toEqual(cutShort);
  });
});

describe('time limits of a download, to the millisecond', () => {
  /** A body whose chunks come when the test says so, and which breaks when the download's signal aborts. */
  const slowFile = (durationMs = 600_000) => {
    const clock = manualClock();
    const deadline = deadlineIn(clock, durationMs);
    let arrive: (text: string) => void = () => undefined;
    async function* chunks(signal: AbortSignal) {
      for (let readBytes = 0; readBytes < 20; ) {
        const { promise, resolve, reject } = Promise.withResolvers<string>();
        arrive = resolve;
        signal.addEventListener('abort', reject);
        const text = await promise;
        readBytes += text.length;
        yield Buffer.from(text);
      }
    }
    const { links, closed } = linksTo({ 'content-length': '20' }, chunks);
    let result: Downloaded | undefined;
    void download(links, '', wantedOf({}), { deadline, clock }).then((downloaded) => {
      result = downloaded;
    });
    const settle = () => new Promise((resolve) => setImmediate(resolve));
    return {
      /** Time passes, then these bytes arrive. */
      after: async (durationMs: number, text = '') => {
        await settle();
        clock.advance(durationMs);
        await settle();
        if (text) arrive(text);
        await settle();
      },
      result: () => result,
      /** Without the deadline's own. */
      timers: () => clock.timers() - 1,
      closed,
    };
  };

  test('a download ends after 10 s of silence', async () => {
    const slow = slowFile();
    await slow.after(9_999);
    expect(slow.result()).toBeUndefined();
    await slow.after(1);
    expect(slow.result()).toEqual(cutShort);
    expect(slow.timers()).toBe(0);
    expect(slow.closed()).toBe(1);
  });

  test('each chunk restarts the limit on silence of a download', async () => {
    const slow = slowFile();
    await slow.after(9_999, cv.slice(0, 7));
    await slow.after(9_999, cv.slice(7, 14));
    expect(slow.result()).toBeUndefined();
    await slow.after(9_999, cv.slice(14));
    expect(slow.result()).toEqual(cvRead);
    expect(slow.timers()).toBe(0);
  });

  test('a download that is never silent ends after 60 s', async () => {
    const slow = slowFile();
    for (const _ of [1, 2, 3, 4, 5, 6]) await slow.after(9_999, 'x');
    await slow.after(5);
    expect(slow.result()).toBeUndefined();
    await slow.after(1);
    expect(slow.result()).toEqual(cutShort);
    expect(slow.timers()).toBe(0);
    expect(slow.closed()).toBe(1);
  });

  test('a download ends at a deadline that comes before its own limits', async () => {
    const slow = slowFile(5_000);
    await slow.after(4_999, 'x');
    expect(slow.result()).toBeUndefined();
    await slow.after(1);
    expect(slow.result()).toEqual(cutShort);
  });
});
