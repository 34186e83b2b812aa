import { EventEmitter } from 'node:events';
import { createServer, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { closeServer, listen } from '../../../infra/local/process/listen.ts';
import { freeCopiedReads } from '../../../lib/stream/free-copied-reads.ts';

/** Its own buffer, like the one into which a socket reads. */
const owned = (content: string): Uint8Array<ArrayBuffer> => new Uint8Array(new TextEncoder().encode(content));

/** What a parser makes of each read: `pass` gets the body's chunk. */
const readThrough = async (
  reads: readonly Uint8Array<ArrayBuffer>[],
  chunkOf: (read: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
) => {
  const socket = new EventEmitter();
  const body = freeCopiedReads(socket);
  async function* source() {
    for (const read of reads) {
      const chunk = chunkOf(read);
      socket.emit('data', read);
      yield chunk;
    }
  }
  const seen: string[] = [];
  for await (const chunk of body(source())) seen.push(Buffer.from(chunk).toString());
  return seen;
};

test('reads are freed when the parser copies the body out of them, including the first ones', async () => {
  const reads = [owned('head'), owned('foo'), owned('bar')];
  expect(await readThrough(reads, (read) => read.slice())).toEqual(['head', 'foo', 'bar']);
  expect(reads.map(({ byteLength }) => byteLength)).toEqual([0, 0, 0]);
});

test('reads are not freed when the chunks of the body are parts of them', async () => {
  const reads = [owned('head'), owned('foo'), owned('bar')];
  expect(await readThrough(reads, (read) => read.subarray(0))).toEqual(['head', 'foo', 'bar']);
  expect(reads.map(({ byteLength }) => byteLength)).toEqual([4, 3, 3]);
});

test('a read that is part of a larger buffer is not freed', async () => {
  const read = owned('foobar').subarray(0, 3);
  expect(await readThrough([read], (part) => part.slice())).toEqual(['foo']);
  expect(read.buffer.byteLength).toBe(6);
});

test('in this version of Node a body of many reads arrives complete, and its reads are freed', async () => {
  const content = 'Frank Doe, carpenter. '.repeat(50_000);
  const server = createServer((_, response) => response.end(content));
  const port = await listen(server, 0);
  onTestFinished(() => closeServer(server));
  const reads: Uint8Array[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const call = request({ port, host: '127.0.0.1', agent: false });
  let withoutReads: ReturnType<typeof freeCopiedReads> | undefined;
  call.on('socket', (socket) => {
    socket.on('data', (read: Uint8Array) => reads.push(read));
    withoutReads = freeCopiedReads(socket);
  });
  call.on('response', (response) => withoutReads && text(withoutReads(response)).then(resolve, reject));
  call.on('error', reject);
  call.end();
  expect(await promise).toBe(content);
  expect(reads.length).toBeGreaterThan(5);
  expect(reads.filter(({ byteLength }) => byteLength > 0)).toEqual([]);
});
