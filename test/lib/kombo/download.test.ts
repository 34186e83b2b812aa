import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../lib/clock.ts';
import { download } from '../../../lib/kombo/download.ts';
import { inTime } from '../../fakes/kombo-caller.ts';
import {
  chunk,
  chunked,
  contentLength,
  cv,
  cvRead,
  downloadFrom,
  downloadOf,
  downloadOfAll,
  lastChunk,
  linksTo,
  responseHead,
  serverThat,
  wantedOf,
} from '../../worlds/download-world.ts';

describe('a file is read', () => {
  test('a file is read to its announced end, and its checksum is computed', async () => {
    expect(await downloadOf(responseHead(contentLength(20), 'content-type: application/pdf') + cv)).toEqual(cvRead);
  });

  test('a file is read with every requested checksum, and with none', async () => {
    const answer = responseHead(contentLength(20)) + cv;
    expect(await downloadOf(answer, { algorithms: new Set(['MD5', 'SHA1', 'SHA256']) })).toMatchObject({
      checksums: new Map([
        ['MD5', '556343c4109d95d8f652f55adcce3273'],
        ['SHA1', 'xqBs87aovpnKuWoHO4A+Voz80Is='],
        ['SHA256', 'I5s1i6Xe6M7gy54fTTnWK/M/dqQrvjPOYaQpuAn2jhw='],
      ]),
    });
    expect(await downloadOf(answer, { algorithms: new Set() })).toEqual({ ...cvRead, checksums: new Map() });
  });

  test('a file that arrives in pieces is read', async () => {
    const server = await serverThat(async ({ write }) => {
      write(responseHead(contentLength(20)) + cv.slice(0, 7));
      await new Promise((resolve) => setTimeout(resolve, 20));
      write(cv.slice(7));
    });
    expect(await downloadFrom(server)).toEqual(cvRead);
  });

  test.each([contentLength(0), 'transfer-encoding: chunked\r\n\r\n0'])(
    'an empty file is not compared, because no CV is empty: %j',
    async (as) => {
      expect(await downloadOf(`${responseHead(as)}`)).toEqual({
        kind: 'not-compared',
        reason: 'The answer to the link was empty.',
        mayPass: true,
      });
    },
  );

  test('a file is read no further than announced, even if more comes', async () => {
    expect(await downloadOfAll(`${responseHead(contentLength(20))}${cv} and more`)).toEqual(cvRead);
  });

  test('a chunked file is read to its last chunk, if it is not longer than the longest known file', async () => {
    expect(await downloadOf(responseHead(chunked) + chunk('Frank Doe,') + chunk(' carpenter') + lastChunk)).toEqual(
      cvRead,
    );
    for (const sizeBytes of [1, 7, 29, 30]) {
      const body = chunk('x'.repeat(sizeBytes)) + lastChunk;
      expect(await downloadOf(responseHead(chunked) + body)).toMatchObject({ kind: 'read', sizeBytes });
    }
  });

  test('a file that ends with its connection is read, but only equality counts, because a broken one looks the same', async () => {
    expect(await downloadOfAll(responseHead() + cv)).toEqual({ ...cvRead, onlyEqualityCounts: true });
  });

  test.each(['', 'x', '-1', '19, 19', '0x13', '1e1', '19.0', ' '])(
    'a file with the invalid length "%s" is read as one without a length',
    async (length) => {
      async function* chunks() {
        yield Buffer.from(cv);
      }
      const { links } = linksTo({ 'content-length': length, 'transfer-encoding': 'chunked' }, chunks);
      expect(await download(links, '', wantedOf({}), { deadline: inTime(), clock: systemClock })).toEqual(cvRead);
    },
  );

  test('a file is read in constant memory: the memory of a chunk may be reused for the next one', async () => {
    async function* reused() {
      const memory = Buffer.alloc(4);
      for (let at = 0; at < cv.length; at += 4) {
        memory.write(cv.slice(at, at + 4));
        yield memory;
      }
    }
    const { links, closed } = linksTo({ 'content-length': '20' }, reused);
    expect(await download(links, '', wantedOf({}), { deadline: inTime(), clock: systemClock })).toEqual(cvRead);
    expect(closed()).toBe(1);
  });
});

test.each(['content-encoding: identity', 'content-encoding: Identity', 'content-encoding:'])(
  'a file that is sent with "%s" is read',
  async (encoding) => {
    expect(await downloadOf(responseHead(contentLength(20), encoding) + cv)).toEqual(cvRead);
  },
);

test('a file whose chunked encoding is announced in capitals is read', async () => {
  expect(await downloadOf(responseHead('transfer-encoding: Chunked') + chunk(cv) + lastChunk)).toEqual(cvRead);
});
