import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { faultOf, komboLinks, localLinks, mayPassOf, openLink } from '../../fakes/link-caller.ts';
import { httpServer, httpsServer, urlOn } from '../../fakes/link-host.ts';
import { distrustLoopbackTls, trustLoopbackTls } from '../../fakes/loopback-tls.ts';
import type { RawCall } from '../../fakes/raw-server.ts';
import { failingLookup, publicLookup } from '../../fakes/scripted-lookup.ts';

trustLoopbackTls();

describe('faults of a link that may pass', () => {
  test.each(['ENOTFOUND', 'EAI_AGAIN'])('a link whose host name is not found (%s) may work later', async (code) => {
    expect(await faultOf(openLink(komboLinks(failingLookup(code)), urlOn(443, 'https://files.example')))).toEqual({
      reason: `The link could not be read (${code}).`,
      mayPass: true,
    });
  });

  test('a link with a refused connection may work later', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    expect(await faultOf(openLink(localLinks(), urlOn(port)))).toEqual({
      reason: 'The link could not be read (ECONNREFUSED).',
      mayPass: true,
    });
  });

  test.each([
    ['a reset connection', (call: RawCall) => call.reset()],
    ['a connection that ends without an answer', (call: RawCall) => call.socket.end()],
    ['an answer that is not HTTP', (call: RawCall) => call.write('Frank Doe, carpenter\r\n\r\n')],
    ['a length that is not a number', (call: RawCall) => call.write('HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n')],
    [
      'a switch of protocols',
      (call: RawCall) => call.write('HTTP/1.1 101 S\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
    ],
    ['a head of a megabyte', (call: RawCall) => call.write(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(1_000_000)}\r\n\r\n`)],
  ])('a link with %s may work later', async (_, complete) => {
    const server = await httpServer(complete);
    expect(await mayPassOf(openLink(localLinks(), urlOn(server.port)))).toBe(true);
    await server.deserted();
  });

  test('a link whose host does not speak TLS may work later', async () => {
    const plain = createServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    onTestFinished(() => void plain.close());
    plain.listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const { port } = plain.address() as AddressInfo;
    expect(await mayPassOf(openLink(localLinks(), urlOn(port, 'https://127.0.0.1')))).toBe(true);
  });
});

describe('faults of a link that do not pass', () => {
  test('a link with a certificate without a known authority will not work later', async () => {
    distrustLoopbackTls();
    const server = await httpsServer();
    expect(await faultOf(openLink(localLinks(), urlOn(server.port, 'https://127.0.0.1')))).toEqual({
      reason: 'The host of the link has no valid certificate (DEPTH_ZERO_SELF_SIGNED_CERT).',
      mayPass: false,
    });
    expect(server.requests).toEqual([]);
  });

  test('a link with a certificate for another name will not work later', async () => {
    const server = await httpsServer();
    expect(await faultOf(openLink(komboLinks(publicLookup), urlOn(server.port, 'https://files.example')))).toEqual({
      reason: 'The host of the link has no valid certificate (ERR_TLS_CERT_ALTNAME_INVALID).',
      mayPass: false,
    });
    expect(server.requests).toEqual([]);
  });
});
