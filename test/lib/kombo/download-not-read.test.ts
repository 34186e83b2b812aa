import { describe, expect, test } from 'vitest';
import {
  chunk,
  chunked,
  contentLength,
  cv,
  downloadFrom,
  downloadOf,
  lastChunk,
  responseHead,
  serverThat,
} from '../../worlds/download-world.ts';

describe('the body of a link is not read', () => {
  /** Sends as much of a long body as the other side accepts, and counts it. */
  const longBody = async (answerHead: string) => {
    const piece = Buffer.alloc(65_536, 'x');
    let sentBytes = 0;
    const server = await serverThat(({ socket }) => {
      const send = (): void => {
        while (!socket.destroyed && sentBytes < 100_000_000) {
          sentBytes += piece.length;
          if (!socket.write(piece)) return void socket.once('drain', send);
        }
      };
      socket.write(answerHead);
      send();
    });
    return { server, sentBytes: () => sentBytes };
  };

  /** More than the buffers of two sockets on loopback hold, and far less than the body. */
  const buffersBytes = 20_000_000;

  test('a body is not read when no known file has its announced length', async () => {
    const { server, sentBytes } = await longBody(responseHead(contentLength(100_000_000)));
    expect(await downloadFrom(server)).toEqual({ kind: 'other-length', sizeBytes: 100_000_000 });
    expect(sentBytes()).toBeLessThan(buffersBytes);
  });

  test.each([1, 19, 21, 29, 31])(
    'a body is not read when its announced length is %i, one off or not',
    async (sizeBytes) => {
      expect(await downloadOf(responseHead(contentLength(sizeBytes)))).toEqual({ kind: 'other-length', sizeBytes });
    },
  );

  test('a body is not read when the look has downloaded its maximum of whole files', async () => {
    const { server, sentBytes } = await longBody(responseHead(contentLength(100_000_000)));
    const wanted = { lengths: new Set([100_000_000]), takeWholeDownload: () => false };
    expect(await downloadFrom(server, wanted)).toEqual({
      kind: 'not-compared',
      reason: 'This check had already downloaded the maximum number of whole files.',
      mayPass: false,
    });
    expect(sentBytes()).toBeLessThan(buffersBytes);
  });

  test('a body without an announced length is not read beyond the longest known file', async () => {
    const answer = responseHead(chunked) + chunk('x'.repeat(31)) + lastChunk;
    const longer = {
      kind: 'not-compared',
      reason: 'The file is longer than every file that it could match, and its length was not announced.',
      mayPass: false,
    };
    expect(await downloadOf(answer)).toEqual(longer);
    expect(await downloadOf(responseHead(chunked) + chunk('x'), { lengths: new Set() })).toEqual(longer);
    const { server, sentBytes } = await longBody(responseHead());
    expect(await downloadFrom(server)).toEqual(longer);
    expect(sentBytes()).toBeLessThan(buffersBytes);
  });

  test('a place among the whole downloads is requested only right before the body is read', async () => {
    let asked = 0;
    const takeWholeDownload = () => {
      asked += 1;
      return true;
    };
    await downloadOf(responseHead(contentLength(19)), { takeWholeDownload });
    await downloadOf('HTTP/1.1 404 Not Found\r\ncontent-length: 20\r\n\r\n', { takeWholeDownload });
    await downloadOf(responseHead(contentLength(20), 'content-encoding: gzip'), { takeWholeDownload });
    expect(asked).toBe(0);
    await downloadOf(responseHead(contentLength(20)) + cv, { takeWholeDownload });
    await downloadOf(responseHead(chunked) + chunk(cv) + lastChunk, { takeWholeDownload });
    expect(asked).toBe(2);
  });
});
