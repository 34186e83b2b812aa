import type { LookupFunction } from 'node:net';
import { describe, expect, test } from 'vitest';
import { collect } from '../../fakes/chunks.ts';
import { faultOf, komboLinks, localLinks, mayPassOf, opened, openLink } from '../../fakes/link-caller.ts';
import { filePath, httpServer, httpsServer, redirectTo, urlOn } from '../../fakes/link-host.ts';
import { trustLoopbackTls } from '../../fakes/loopback-tls.ts';
import { lookupOf, publicLookup } from '../../fakes/scripted-lookup.ts';
import { until } from '../../fakes/until.ts';

trustLoopbackTls();

describe('redirects of a link', () => {
  test.each([301, 302, 303, 307, 308])(
    'the redirect %i of a link is followed, also to a relative target',
    async (status) => {
      const server = await httpServer((call) =>
        call.request.path === '/stored/1' ? call.answer(200) : redirectTo('../stored/1', status)(call),
      );
      expect((await opened(openLink(localLinks(), urlOn(server.port)))).status).toBe(200);
      expect(server.requests.map(({ path }) => path)).toEqual([filePath, '/stored/1']);
    },
  );

  test.each([200, 201, 300, 304, 305, 401])(
    'the status %i of a link is an answer, even with a location',
    async (status) => {
      const server = await httpServer(redirectTo('/next', status));
      expect((await opened(openLink(localLinks(), urlOn(server.port)))).status).toBe(status);
      expect(server.requests).toHaveLength(1);
    },
  );

  test('a redirect of a link without a location is an answer', async () => {
    const server = await httpServer((call) => call.answer(302));
    expect((await opened(openLink(localLinks(), urlOn(server.port)))).status).toBe(302);
  });

  test('three redirects of a link are followed, four are not', async () => {
    const server = await httpServer((call) => {
      const left = Number(call.request.path.slice(1));
      if (left === 0) call.answer(200);
      else redirectTo(`/${left - 1}`)(call);
    });
    const from = (left: number) => openLink(localLinks(), `http://127.0.0.1:${server.port}/${left}`);
    expect((await opened(from(3))).status).toBe(200);
    expect(await faultOf(from(4))).toEqual({ reason: 'The link is redirected too often.', mayPass: false });
    expect(server.requests.map(({ path }) => path)).toEqual(['/3', '/2', '/1', '/0', '/4', '/3', '/2', '/1']);
  });

  test('a link that redirects in a circle ends', async () => {
    const server = await httpServer(redirectTo(filePath));
    expect(await mayPassOf(openLink(localLinks(), urlOn(server.port)))).toBe(false);
    expect(server.requests).toHaveLength(4);
  });

  test('the body of a redirect is dropped with its connection', async () => {
    const server = await httpServer((call) =>
      call.request.path === '/next'
        ? call.answer(200, 'x')
        : call.write('HTTP/1.1 302 Found\r\nlocation: /next\r\ncontent-length: 100000000\r\n\r\nx'),
    );
    const answer = await opened(openLink(localLinks(), urlOn(server.port)));
    await until(() => server.openConnections() === 1);
    expect((await collect(answer.chunks)).toString()).toBe('x');
  });

  test.each([
    ['plain http', 'http://files.example/', 'The link is not an https link.'],
    ['a file', 'file:///etc/passwd', 'The link is not an https link.'],
    ['loopback', 'https://127.0.0.1:9001/', 'The link leads to an address that is not public.'],
    ['the metadata service', 'https://169.254.169.254/latest', 'The link leads to an address that is not public.'],
    ['a link with a password', 'https://frank:s3cr3t@files.example/', 'The link contains a user name or a password.'],
    ['nonsense', 'https://[', 'The link is not a URL.'],
  ])('a redirect from a public host to %s is refused', async (_, location, reason) => {
    const server = await httpsServer(redirectTo(location));
    expect(await faultOf(openLink(komboLinks(publicLookup), urlOn(server.port, 'https://localhost')))).toEqual({
      reason,
      mayPass: false,
    });
    expect(server.requests).toHaveLength(1);
  });

  test('a redirect from a public host to a name with a private address is refused', async () => {
    const inside = await httpsServer();
    const outside = await httpsServer(redirectTo(urlOn(inside.port, 'https://inside.example')));
    const lookup: LookupFunction = (name, ...rest) =>
      (name === 'inside.example' ? lookupOf(['127.0.0.1']) : publicLookup)(name, ...rest);
    expect(await mayPassOf(openLink(komboLinks(lookup), urlOn(outside.port, 'https://localhost')))).toBe(false);
    expect(outside.requests).toHaveLength(1);
    expect(inside.connections()).toBe(0);
  });
});
