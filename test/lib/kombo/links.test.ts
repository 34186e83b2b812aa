import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { collect } from '../../fakes/chunks.ts';
import { komboLinks, localLinks, opened, openLink } from '../../fakes/link-caller.ts';
import { filePath, httpServer, httpsServer, urlOn } from '../../fakes/link-host.ts';
import { trustLoopbackTls } from '../../fakes/loopback-tls.ts';
import { publicLookup } from '../../fakes/scripted-lookup.ts';

trustLoopbackTls();

test('a link returns the status, the headers and the bytes of its answer', async () => {
  const server = await httpServer((call) =>
    call.write(
      'HTTP/1.1 206 Part\r\nContent-Type: text/plain\r\nset-cookie: a=1\r\ncontent-length: 9\r\n\r\nFrank Doe',
    ),
  );
  const answer = await opened(openLink(localLinks(), urlOn(server.port)));
  expect(answer.status).toBe(206);
  expect(answer.headers).toEqual({ 'content-type': 'text/plain', 'content-length': '9', 'set-cookie': 'a=1' });
  expect((await collect(answer.chunks)).toString()).toBe('Frank Doe');
});

test('a link is requested with GET, uncompressed, and without API key or cookie', async () => {
  const server = await httpServer();
  await opened(openLink(localLinks(), urlOn(server.port)));
  expect(server.requests).toMatchObject([{ method: 'GET', path: filePath }]);
  expect(server.requests[0]?.headers).toEqual({
    host: `127.0.0.1:${server.port}`,
    'accept-encoding': 'identity',
    'user-agent': 'cv-courier',
    connection: 'close',
  });
});

test('a cookie that a redirect sets is not sent on', async () => {
  const server = await httpServer((call) =>
    call.request.path === '/next'
      ? call.answer(200)
      : call.write('HTTP/1.1 302 Found\r\nset-cookie: a=1\r\nlocation: /next\r\ncontent-length: 0\r\n\r\n'),
  );
  await opened(openLink(localLinks(), urlOn(server.port)));
  expect(server.requests.map(({ headers }) => headers.cookie)).toEqual([undefined, undefined]);
});

test('each opened link has its own connection, which close() ends', async () => {
  const server = await httpServer((call) =>
    call.write('HTTP/1.1 200 OK\r\nconnection: keep-alive\r\ncontent-length: 1\r\n\r\nx'),
  );
  for (const _ of [1, 2]) {
    const answer = await opened(openLink(localLinks(), urlOn(server.port)));
    await collect(answer.chunks);
    await sleep(5);
  }
  expect(server.connections()).toBe(2);
  await server.deserted();
  const endless = await httpServer((call) => call.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx'));
  const answer = await opened(openLink(localLinks(), urlOn(endless.port)));
  answer.close();
  await endless.deserted();
});

test('a body that breaks off throws, and nothing else fails', async () => {
  const server = await httpServer((call) => {
    call.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nFrank');
    setTimeout(call.reset, 5);
  });
  const answer = await opened(openLink(localLinks(), urlOn(server.port)));
  await expect(collect(answer.chunks)).rejects.toThrow();
  const unread = await opened(openLink(localLinks(), urlOn(server.port)));
  await server.deserted();
  await sleep(5);
  unread.close();
});

test('links work over TLS when the address of the name is public', async () => {
  const server = await httpsServer();
  expect((await opened(openLink(komboLinks(publicLookup), urlOn(server.port, 'https://localhost')))).status).toBe(200);
});
