import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { bodyOf, candidate, clientOf, inTime } from '../../fakes/kombo-caller.ts';
import { distrustLoopbackTls, loopbackTls, trustLoopbackTls } from '../../fakes/loopback-tls.ts';
import { rawServer } from '../../fakes/raw-server.ts';

trustLoopbackTls();

const attach = (url: string, file: Uint8Array | string = 'Frank Doe') =>
  clientOf(url).attach(candidate, bodyOf(file), inTime());

test('a file is delivered over TLS, by address and by name', async () => {
  const server = await rawServer({}, loopbackTls);
  expect((await attach(server.url)).ok).toBe(true);
  expect((await attach(server.url.replace('127.0.0.1', 'localhost'))).ok).toBe(true);
  expect(server.requests.map(({ complete }) => complete)).toEqual([true, true]);
});

test('a large file is delivered over TLS, byte for byte', async () => {
  const server = await rawServer({}, loopbackTls);
  const file = Buffer.alloc(3_000_001, 'Frank Doe, carpenter. ');
  expect((await attach(server.url, file)).ok).toBe(true);
  const { attachment } = JSON.parse(server.requests[0]?.body.toString() ?? '');
  expect(Buffer.from(attachment.data, 'base64').equals(file)).toBe(true);
});

test('a TLS connection is reused, also one that was opened ahead', async () => {
  const server = await rawServer({}, loopbackTls);
  const kombo = clientOf(server.url);
  kombo.warmUp();
  for (const _ of [1, 2, 3]) expect((await kombo.attach(candidate, bodyOf('x'), inTime())).ok).toBe(true);
  expect(server.connections()).toBe(1);
});

test('a reset inside TLS before the last byte has delivered nothing, one after it may have', async () => {
  const before = await rawServer({ head: ({ socket }) => void socket.destroy() }, loopbackTls);
  expect(await attach(before.url, Buffer.alloc(1_000_000))).toMatchObject({
    failure: { code: 'KOMBO_CONNECTION_LOST' },
  });
  const after = await rawServer({ complete: ({ socket }) => void socket.destroy() }, loopbackTls);
  expect(await attach(after.url)).toMatchObject({ failure: { code: 'ANSWER_LOST' } });
});

test('a certificate without a known authority gives KOMBO_UNREACHABLE, and not a byte is sent', async () => {
  distrustLoopbackTls();
  const server = await rawServer({}, loopbackTls);
  expect(await attach(server.url)).toMatchObject({
    ok: false,
    failure: { code: 'KOMBO_UNREACHABLE', detail: 'No connection could be made (DEPTH_ZERO_SELF_SIGNED_CERT).' },
  });
  expect(server.requests).toEqual([]);
});

test('a server that does not speak TLS gives KOMBO_UNREACHABLE', async () => {
  const plain = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
  });
  onTestFinished(() => void plain.close());
  plain.listen(0, '127.0.0.1');
  await once(plain, 'listening');
  const { port } = plain.address() as AddressInfo;
  expect(await attach(`https://127.0.0.1:${port}/v1`)).toMatchObject({ failure: { code: 'KOMBO_UNREACHABLE' } });
});
