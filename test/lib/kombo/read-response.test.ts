import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { systemClock } from '../../../lib/clock.ts';
import { httpTransport } from '../../../lib/kombo/http-transport.ts';
import type { HttpAnswer } from '../../../lib/kombo/transport.ts';
import { bodyOf, inTime } from '../../fakes/kombo-caller.ts';
import { type RawServer, rawServer } from '../../fakes/raw-server.ts';

const send = ({ url }: RawServer, method: 'GET' | 'POST'): Promise<HttpAnswer> =>
  httpTransport(url, systemClock).send({
    ...{ method, path: '/x', headers: {}, signal: inTime().signal },
    ...(method === 'POST' && { body: bodyOf('Frank Doe') }),
  });

/** A server whose answer has this many bytes. `written` counts what the connection has accepted so far. */
const longAnswer = async (sizeBytes: number): Promise<RawServer & { written: () => number }> => {
  let written = 0;
  const pour = (socket: Socket): void => {
    while (written < sizeBytes && !socket.destroyed) {
      const piece = Buffer.alloc(Math.min(65_536, sizeBytes - written), 'x');
      written += piece.length;
      if (!socket.write(piece)) {
        socket.once('drain', () => pour(socket));
        return;
      }
    }
  };
  const server = await rawServer({
    complete: ({ socket, write }) => {
      write(`HTTP/1.1 200 OK\r\ncontent-length: ${sizeBytes}\r\n\r\n`);
      pour(socket);
    },
  });
  return { ...server, written: () => written };
};

test.each([
  ['POST', 65_536],
  ['GET', 4_194_304],
] as const)('the answer to a %s is read up to %i bytes', async (method, longestBytes) => {
  const answer = await send(await longAnswer(longestBytes), method);
  expect(answer.complete).toBe(true);
  expect(answer.text).toHaveLength(longestBytes);

  const cut = await send(await longAnswer(longestBytes + 1), method);
  expect(cut.complete).toBe(false);
  expect(cut.text.length).toBeLessThanOrEqual(longestBytes);
});

test('of an answer of 50 MB hardly more is received than is read, and nothing of it is kept', async () => {
  const server = await longAnswer(50_000_000);
  const answer = await send(server, 'POST');
  expect(answer.complete).toBe(false);
  expect(answer.text.length).toBeLessThanOrEqual(65_536);
  await server.deserted();
  // The excess is what the buffers of both sockets hold.
  expect(server.written()).toBeLessThan(20_000_000);
});

test('an answer without a length is complete when the connection ends', async () => {
  const server = await rawServer({
    complete: ({ socket }) => void socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{"status":"success"}'),
  });
  expect(await send(server, 'POST')).toMatchObject({ status: 200, text: '{"status":"success"}', complete: true });
});

test('a chunked answer is joined, including letters that span two chunks', async () => {
  const server = await rawServer({
    complete: ({ write, socket }) => {
      write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      // The two bytes of "é", one in each chunk.
      socket.write(Buffer.from('310d0ac30d0a', 'hex'));
      socket.write(Buffer.from('310d0aa90d0a300d0a0d0a', 'hex'));
    },
  });
  expect(await send(server, 'POST')).toMatchObject({ text: 'é', complete: true });
});

test('a chunked answer that breaks off is not complete', async () => {
  const server = await rawServer({
    complete: ({ socket }) => void socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n'),
  });
  expect(await send(server, 'POST')).toMatchObject({ text: '{}', complete: false });
});

test('a response that is not HTTP at all is a lost connection', async () => {
  const server = await rawServer({ complete: ({ socket }) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n') });
  await expect(send(server, 'POST')).rejects.toMatchObject({ name: 'TransportError', fault: 'lost' });
});
