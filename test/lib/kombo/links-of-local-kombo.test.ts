import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../lib/clock.ts';
import { httpLinks } from '../../../lib/kombo/links.ts';
import { localLinks, mayPassOf, opened, openLink } from '../../fakes/link-caller.ts';
import { httpServer, httpsServer, urlOn } from '../../fakes/link-host.ts';
import { trustLoopbackTls } from '../../fakes/loopback-tls.ts';
import { lookupOf, publicLookup } from '../../fakes/scripted-lookup.ts';

trustLoopbackTls();

describe('links when Kombo is on this machine', () => {
  test.each(['http://localhost:9000/v1', 'http://127.0.0.1:9000/v1', 'http://[::1]:9000/v1', 'https://127.8.9.1/v1'])(
    "links may lead to this machine when Kombo's address is %s",
    async (komboBaseUrl) => {
      const server = await httpServer();
      const local = httpLinks(komboBaseUrl, systemClock, { lookup: lookupOf(['127.0.0.1']) });
      expect((await opened(openLink(local, urlOn(server.port)))).status).toBe(200);
      expect((await opened(openLink(local, urlOn(server.port, 'http://files.example')))).status).toBe(200);
    },
  );

  test.each(['https://api.kombo.dev/v1', 'https://10.0.0.1/v1', 'https://localhost.example/v1', 'https://8.8.8.8/v1'])(
    "links may not lead to this machine when Kombo's address is %s",
    async (komboBaseUrl) => {
      const server = await httpServer();
      expect(await mayPassOf(openLink(httpLinks(komboBaseUrl, systemClock), urlOn(server.port)))).toBe(false);
      expect(server.connections()).toBe(0);
    },
  );

  test('links may lead to a local Kombo over TLS', async () => {
    const server = await httpsServer();
    expect((await opened(openLink(localLinks(), urlOn(server.port, 'https://127.0.0.1')))).status).toBe(200);
  });

  test('links to public hosts need https even with a local Kombo', async () => {
    const server = await httpsServer();
    const local = localLinks(systemClock, publicLookup);
    expect((await opened(openLink(local, urlOn(server.port, 'https://localhost')))).status).toBe(200);
    expect(await mayPassOf(openLink(local, urlOn(server.port, 'http://localhost')))).toBe(false);
    expect(await mayPassOf(openLink(local, urlOn(80, 'http://8.8.8.8')))).toBe(false);
  });

  test.each(['http://10.0.0.1', 'https://10.0.0.1', 'https://169.254.169.254', 'https://[fe80::1]', 'http://0.0.0.0'])(
    'the link %s is refused even with a local Kombo',
    async (origin) => {
      expect(await mayPassOf(openLink(localLinks(), urlOn(9_001, origin)))).toBe(false);
    },
  );
});
