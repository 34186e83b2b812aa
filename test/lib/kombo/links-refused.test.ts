import { type LookupFunction, setDefaultAutoSelectFamily } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../lib/clock.ts';
import { faultOf, komboLinks, localLinks, mayPassOf, opened, openLink } from '../../fakes/link-caller.ts';
import { httpServer, httpsServer, redirectTo, urlOn } from '../../fakes/link-host.ts';
import { trustLoopbackTls } from '../../fakes/loopback-tls.ts';
import { lookupOf, publicLookup } from '../../fakes/scripted-lookup.ts';

trustLoopbackTls();

describe('links that are refused before anything is sent', () => {
  test.each([
    null,
    undefined,
    '',
    ' ',
    'cv.pdf',
    '/cv.pdf',
    '//files.example/cv.pdf',
    'https://',
    'https://[',
    'https://a b/',
  ])('the link %j is refused because it is not a URL', async (url) => {
    expect(await faultOf(openLink(komboLinks(), url as string))).toEqual({
      reason: 'The link is not a URL.',
      mayPass: false,
    });
  });

  test.each([
    'http://files.example/',
    'ftp://files.example/',
    'file:///etc/passwd',
    'data:,x',
    'javascript:0',
    'about:blank',
  ])('the link %s is refused because it is not https', async (url) => {
    const lookup = lookupOf(['8.8.8.8']);
    expect(await faultOf(openLink(komboLinks(lookup), url))).toEqual({
      reason: 'The link is not an https link.',
      mayPass: false,
    });
    expect(lookup.asked).toEqual([]);
  });

  test.each(['ftp://127.0.0.1/', 'file:///etc/passwd', 'data:,x', 'blob:http://127.0.0.1/x'])(
    'the link %s is refused even when Kombo is on this machine',
    async (url) => {
      expect(await faultOf(openLink(localLinks(), url))).toMatchObject({ reason: 'The link is not an https link.' });
    },
  );

  test.each(['frank:s3cr3t@', 'frank@', ':s3cr3t@'])('a link with %s before its host is refused', async (userInfo) => {
    const server = await httpServer();
    expect(await faultOf(openLink(localLinks(), urlOn(server.port, `http://${userInfo}127.0.0.1`)))).toEqual({
      reason: 'The link contains a user name or a password.',
      mayPass: false,
    });
    expect(server.connections()).toBe(0);
  });

  test.each([
    ...['127.0.0.1', '127.1', '2130706433', '0x7f.0.0.1', '0177.0.0.1', '127.0.0.1.', '１２７.0.0.1', '0.0.0.0', '0'],
    ...['[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:7f00:1]', '[64:ff9b::7f00:1]'],
    ...['169.254.169.254', '2852039166', '10.0.0.1', '[fd00:ec2::254]', '[::ffff:a9fe:a9fe]'],
  ])('a link to the address %s is refused', async (host) => {
    const server = await httpsServer();
    expect(await faultOf(openLink(komboLinks(), urlOn(server.port, `https://${host}`)))).toEqual({
      reason: 'The link leads to an address that is not public.',
      mayPass: false,
    });
    expect(server.connections()).toBe(0);
  });

  test.each([
    [['127.0.0.1']],
    [['::1']],
    [['10.0.0.1']],
    [['169.254.169.254']],
    [['::ffff:127.0.0.1']],
    [['8.8.8.8', '127.0.0.1']],
    [['127.0.0.1', '8.8.8.8']],
    [['2606:4700::1111', '8.8.8.8', 'fe80::1']],
    [[]],
  ])('a link to a name with the addresses %j is refused', async (addresses) => {
    const server = await httpsServer();
    expect(
      await faultOf(openLink(komboLinks(lookupOf(addresses)), urlOn(server.port, 'https://files.example'))),
    ).toEqual({
      reason: 'The link leads to an address that is not public.',
      mayPass: false,
    });
    expect(server.connections()).toBe(0);
  });

  test('a link to localhost, as this machine resolves it, is refused', async () => {
    const server = await httpsServer();
    expect(await mayPassOf(openLink(komboLinks(), urlOn(server.port, 'https://localhost')))).toBe(false);
    expect(server.connections()).toBe(0);
  });

  test('a link to a name with a private address is refused even when Node asks for only one address', async () => {
    setDefaultAutoSelectFamily(false);
    onTestFinished(() => setDefaultAutoSelectFamily(true));
    const server = await httpsServer();
    const url = urlOn(server.port, 'https://localhost');
    expect(await mayPassOf(openLink(komboLinks(lookupOf(['8.8.8.8', '10.0.0.1'])), url))).toBe(false);
    expect((await opened(openLink(komboLinks(publicLookup), url))).status).toBe(200);
  });
});

describe('DNS rebinding', () => {
  test('a name whose address is public at one look and private at the next is refused at the next', async () => {
    const server = await httpsServer();
    const later = lookupOf(['127.0.0.1']);
    let asked = 0;
    const lookup: LookupFunction = (...question) => {
      asked += 1;
      (asked === 1 ? publicLookup : later)(...question);
    };
    const rebinding = komboLinks(lookup);
    const url = urlOn(server.port, 'https://localhost');
    expect((await opened(openLink(rebinding, url))).status).toBe(200);
    expect(await mayPassOf(openLink(rebinding, url))).toBe(false);
    expect(server.connections()).toBe(1);
  });

  test('a name is resolved once per connection, so the checked address is the one that is connected to', async () => {
    const lookup = lookupOf(['127.0.0.1'], ['10.0.0.1']);
    const server = await httpServer(redirectTo('/next'));
    expect(await mayPassOf(openLink(localLinks(systemClock, lookup), urlOn(server.port, 'http://files.example')))).toBe(
      false,
    );
    expect(lookup.asked).toEqual(['files.example', 'files.example']);
    expect(server.requests).toHaveLength(1);
  });
});
