import { describe, expect, test } from 'vitest';
import { deadlineIn } from '../../../lib/deadline.ts';
import { download } from '../../../lib/kombo/download.ts';
import { httpLinks } from '../../../lib/kombo/links.ts';
import { fastClock } from '../../fakes/fast-clock.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import {
  chunk,
  contentLength,
  cv,
  downloadFrom,
  downloadOf,
  lastChunk,
  responseHead,
  serverThat,
  wantedOf,
} from '../../worlds/download-world.ts';

describe('an answer with a status other than 200 is not compared', () => {
  const downloadWith = (status: number) => downloadOf(`HTTP/1.1 ${status} Status\r\ncontent-length: 20\r\n\r\n${cv}`);

  test.each([403, 408, 429, 500, 502, 503, 504, 599])(
    'a file behind HTTP %i is not compared, and may be later',
    async (status) => {
      expect(await downloadWith(status)).toEqual({
        kind: 'not-compared',
        reason: `The link was answered with HTTP status ${status}.`,
        mayPass: true,
      });
    },
  );

  test.each([201, 203, 204, 206, 300, 302, 304, 400, 401, 402, 404, 405, 407, 409, 410, 416, 428, 430, 451, 499])(
    'a file behind HTTP %i is not compared, and never will be',
    async (status) => {
      expect(await downloadWith(status)).toEqual({
        kind: 'not-compared',
        reason: `The link was answered with HTTP status ${status}.`,
        mayPass: false,
      });
    },
  );
});

test.each([
  'content-encoding: gzip',
  'content-encoding: br',
  'content-encoding: identity, gzip',
  'content-encoding: aws-chunked',
  'transfer-encoding: gzip, chunked',
])('a file that is sent with %s is not compared, and never will be', async (encoding) => {
  const answer = encoding.startsWith('transfer')
    ? responseHead(encoding) + chunk(cv) + lastChunk
    : responseHead(contentLength(20), encoding) + cv;
  expect(await downloadOf(answer)).toEqual({
    kind: 'not-compared',
    reason: 'The file was sent compressed or otherwise encoded.',
    mayPass: false,
  });
});

test('an encoded file of another length is not compared, because its decoded length may be ours', async () => {
  expect(await downloadOf(responseHead(contentLength(19), 'content-encoding: gzip'))).toMatchObject({
    kind: 'not-compared',
  });
});

describe('a link that cannot be opened is not compared', () => {
  const opening = (url: string, durationMs = 600_000) => {
    const clock = manualClock();
    const links = httpLinks('https://api.kombo.dev/v1', clock, {
      lookup: (_, __, callback) => callback(Object.assign(new Error('?'), { code: 'ENOTFOUND' }), []),
    });
    return download(links, url, wantedOf({}), { deadline: deadlineIn(clock, durationMs), clock });
  };

  test.each([null, undefined, '', 'cv.pdf', 'ftp://files.example/cv.pdf', 'https://127.0.0.1/', 'https://[::1]/'])(
    'the link %j is not compared, and never will be',
    async (url) => {
      expect(await opening(url as string)).toMatchObject({ kind: 'not-compared', mayPass: false });
    },
  );

  test('a link whose host is not found is not compared, and may be later', async () => {
    expect(await opening('https://files.example/cv.pdf')).toEqual({
      kind: 'not-compared',
      reason: 'The link could not be read (ENOTFOUND).',
      mayPass: true,
    });
  });

  test('a link is not compared when no time is left, and may be later', async () => {
    expect(await opening('https://files.example/cv.pdf', 0)).toEqual({
      kind: 'not-compared',
      reason: 'The link was not answered in time.',
      mayPass: true,
    });
  });

  test('a link that never answers is not compared, and may be later', async () => {
    const server = await serverThat(() => undefined);
    expect(await downloadFrom(server, {}, { clock: fastClock() })).toMatchObject({
      kind: 'not-compared',
      mayPass: true,
    });
  });
});
