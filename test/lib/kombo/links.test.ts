import { getEventListeners, once } from 'node:events';
import { type AddressInfo, createServer, type LookupFunction, type Socket, setDefaultAutoSelectFamily } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Clock, systemClock } from '../../../lib/clock.ts';
import { httpLinks, type LinkAnswer, type LinkFault, type Links } from '../../../lib/kombo/links.ts';
import { collect } from '../../fakes/chunks.ts';
import { inTime } from '../../fakes/kombo-caller.ts';
import { loopbackTls } from '../../fakes/loopback-tls.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { type Behaviour, type RawCall, rawServer } from '../../fakes/raw-server.ts';

const trusted = getCACertificates('default');
beforeEach(() => setDefaultCACertificates([...trusted, loopbackTls.cert]));
afterEach(() => setDefaultCACertificates(trusted));

const kombo = 'https://api.kombo.dev/v1';
const localKombo = 'http://127.0.0.1:9000/v1';

/** Links of the emulator, which are on this machine. */
const localLinks = (clock: Clock = systemClock, lookup?: LookupFunction): Links =>
  httpLinks(localKombo, clock, lookup && { lookup });

/** Links of the real Kombo. */
const links = (lookup?: LookupFunction): Links => httpLinks(kombo, systemClock, lookup && { lookup });

const opened = async (opening: ReturnType<Links['open']>): Promise<LinkAnswer> => {
  const answer = await opening;
  if (!answer.ok) throw new Error(answer.error.reason);
  onTestFinished(answer.value.close);
  return answer.value;
};

/** Every test of a fault is also one of its secrecy. */
const faultOf = async (opening: ReturnType<Links['open']>): Promise<LinkFault | undefined> => {
  const answer = await opening;
  if (answer.ok) {
    answer.value.close();
    return undefined;
  }
  expect(answer.error.reason).toMatch(/^[A-Z][^.]*\.$/);
  expect(answer.error.reason).not.toMatch(/frank|s3cr3t|https?:|localhost|example|\d\.\d|::|\d{4}/i);
  return answer.error;
};

const mayPassOf = async (opening: ReturnType<Links['open']>): Promise<boolean | undefined> =>
  (await faultOf(opening))?.mayPass;

const open = (of: Links, url: string, signal = inTime().signal) => of.open(url, signal);

const file = '/files/Frank%20Doe.pdf?token=s3cr3t';
const on = (port: number, origin = 'http://127.0.0.1'): string => `${origin}:${port}${file}`;

/** Every name has these addresses: the first list at the first question and so on; the last one stays. */
const names = (...answers: readonly (readonly string[])[]): LookupFunction & { asked: string[] } => {
  const asked: string[] = [];
  const lookup: LookupFunction = (name, { all }, callback) => {
    const addresses = answers[Math.min(asked.push(name), answers.length) - 1] ?? [];
    if (all) callback(null, addresses.map(addressOf));
    else callback(null, addresses[0] ?? '', 4);
  };
  return Object.assign(lookup, { asked });
};

const addressOf = (address: string) => ({ address, family: address.includes(':') ? 6 : 4 });

/** An address that the check sees as a public one, and the socket as loopback: no test leaves this machine. */
const seeminglyPublic = () => {
  let reads = 0;
  return {
    family: 4,
    get address() {
      reads += 1;
      return reads === 1 ? '8.8.8.8' : '127.0.0.1';
    },
  };
};

const publicName: LookupFunction = (_, __, callback) => callback(null, [seeminglyPublic()]);

const failingNames =
  (code: string): LookupFunction =>
  (name, _, callback) =>
    callback(Object.assign(new Error(`getaddrinfo ${code} ${name}`), { code }), []);

const redirectTo =
  (location: string, status = 302) =>
  (call: RawCall): void =>
    call.write(`HTTP/1.1 ${status} Status\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`);

const httpServer = (complete?: Behaviour['complete']) => rawServer(complete ? { complete } : {});
const httpsServer = (complete?: Behaviour['complete']) => rawServer(complete ? { complete } : {}, loopbackTls);

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await sleep(2);
};

test('a link gives status, headers and bytes of its answer', async () => {
  const server = await httpServer((call) =>
    call.write(
      'HTTP/1.1 206 Part\r\nContent-Type: text/plain\r\nset-cookie: a=1\r\ncontent-length: 9\r\n\r\nFrank Doe',
    ),
  );
  const answer = await opened(open(localLinks(), on(server.port)));
  expect(answer.status).toBe(206);
  expect(answer.headers).toEqual({ 'content-type': 'text/plain', 'content-length': '9', 'set-cookie': 'a=1' });
  expect((await collect(answer.chunks)).toString()).toBe('Frank Doe');
});

test('a link is asked for with GET, uncompressed, and without key or cookie', async () => {
  const server = await httpServer();
  await opened(open(localLinks(), on(server.port)));
  expect(server.requests).toMatchObject([{ method: 'GET', path: file }]);
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
  await opened(open(localLinks(), on(server.port)));
  expect(server.requests.map(({ headers }) => headers.cookie)).toEqual([undefined, undefined]);
});

test('each look has a connection of its own, which close() ends', async () => {
  const server = await httpServer((call) =>
    call.write('HTTP/1.1 200 OK\r\nconnection: keep-alive\r\ncontent-length: 1\r\n\r\nx'),
  );
  for (const _ of [1, 2]) {
    const answer = await opened(open(localLinks(), on(server.port)));
    await collect(answer.chunks);
    await sleep(5);
  }
  expect(server.connections()).toBe(2);
  await server.deserted();
  const endless = await httpServer((call) => call.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx'));
  const answer = await opened(open(localLinks(), on(endless.port)));
  answer.close();
  await endless.deserted();
});

test('a body that breaks off throws, and nothing else fails', async () => {
  const server = await httpServer((call) => {
    call.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nFrank');
    setTimeout(call.reset, 5);
  });
  const answer = await opened(open(localLinks(), on(server.port)));
  await expect(collect(answer.chunks)).rejects.toThrow();
  const unread = await opened(open(localLinks(), on(server.port)));
  await server.deserted();
  await sleep(5);
  unread.close();
});

test('links work over TLS where the name is public', async () => {
  const server = await httpsServer();
  expect((await opened(open(links(publicName), on(server.port, 'https://localhost')))).status).toBe(200);
});

describe('refused before anything is sent:', () => {
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
  ])('%j, which is not a URL', async (url) => {
    expect(await faultOf(open(links(), url as string))).toEqual({ reason: 'The link is not a URL.', mayPass: false });
  });

  test.each([
    'http://files.example/',
    'ftp://files.example/',
    'file:///etc/passwd',
    'data:,x',
    'javascript:0',
    'about:blank',
  ])('%s, which is not https', async (url) => {
    const lookup = names(['8.8.8.8']);
    expect(await faultOf(open(links(lookup), url))).toEqual({
      reason: 'The link is not an https link.',
      mayPass: false,
    });
    expect(lookup.asked).toEqual([]);
  });

  test.each(['ftp://127.0.0.1/', 'file:///etc/passwd', 'data:,x', 'blob:http://127.0.0.1/x'])(
    '%s, also where Kombo is on this machine',
    async (url) => {
      expect(await faultOf(open(localLinks(), url))).toMatchObject({ reason: 'The link is not an https link.' });
    },
  );

  test.each(['frank:s3cr3t@', 'frank@', ':s3cr3t@'])('a link with %s before its host', async (userInfo) => {
    const server = await httpServer();
    expect(await faultOf(open(localLinks(), on(server.port, `http://${userInfo}127.0.0.1`)))).toEqual({
      reason: 'The link contains a user name or a password.',
      mayPass: false,
    });
    expect(server.connections()).toBe(0);
  });

  test.each([
    ...['127.0.0.1', '127.1', '2130706433', '0x7f.0.0.1', '0177.0.0.1', '127.0.0.1.', '１２７.0.0.1', '0.0.0.0', '0'],
    ...['[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:7f00:1]', '[64:ff9b::7f00:1]'],
    ...['169.254.169.254', '2852039166', '10.0.0.1', '[fd00:ec2::254]', '[::ffff:a9fe:a9fe]'],
  ])('the address %s', async (host) => {
    const server = await httpsServer();
    expect(await faultOf(open(links(), on(server.port, `https://${host}`)))).toEqual({
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
  ])('a name with the addresses %j', async (addresses) => {
    const server = await httpsServer();
    expect(await faultOf(open(links(names(addresses)), on(server.port, 'https://files.example')))).toEqual({
      reason: 'The link leads to an address that is not public.',
      mayPass: false,
    });
    expect(server.connections()).toBe(0);
  });

  test('localhost, as this machine resolves it', async () => {
    const server = await httpsServer();
    expect(await mayPassOf(open(links(), on(server.port, 'https://localhost')))).toBe(false);
    expect(server.connections()).toBe(0);
  });

  test('a name that has a private address where Node asks for one address only', async () => {
    setDefaultAutoSelectFamily(false);
    onTestFinished(() => setDefaultAutoSelectFamily(true));
    const server = await httpsServer();
    const url = on(server.port, 'https://localhost');
    expect(await mayPassOf(open(links(names(['8.8.8.8', '10.0.0.1'])), url))).toBe(false);
    expect((await opened(open(links(publicName), url))).status).toBe(200);
  });
});

describe('DNS rebinding:', () => {
  test('a name that is public at one look and private at the next is refused at the next', async () => {
    const server = await httpsServer();
    const later = names(['127.0.0.1']);
    let asked = 0;
    const lookup: LookupFunction = (...question) => {
      asked += 1;
      (asked === 1 ? publicName : later)(...question);
    };
    const rebinding = links(lookup);
    const url = on(server.port, 'https://localhost');
    expect((await opened(open(rebinding, url))).status).toBe(200);
    expect(await mayPassOf(open(rebinding, url))).toBe(false);
    expect(server.connections()).toBe(1);
  });

  test('a name is looked up once for each connection, so what is checked is what is connected to', async () => {
    const lookup = names(['127.0.0.1'], ['10.0.0.1']);
    const server = await httpServer(redirectTo('/next'));
    expect(await mayPassOf(open(localLinks(systemClock, lookup), on(server.port, 'http://files.example')))).toBe(false);
    expect(lookup.asked).toEqual(['files.example', 'files.example']);
    expect(server.requests).toHaveLength(1);
  });
});

describe('where Kombo is on this machine', () => {
  test.each(['http://localhost:9000/v1', 'http://127.0.0.1:9000/v1', 'http://[::1]:9000/v1', 'https://127.8.9.1/v1'])(
    'and has the address %s, links may lead to it, too',
    async (komboBaseUrl) => {
      const server = await httpServer();
      const local = httpLinks(komboBaseUrl, systemClock, { lookup: names(['127.0.0.1']) });
      expect((await opened(open(local, on(server.port)))).status).toBe(200);
      expect((await opened(open(local, on(server.port, 'http://files.example')))).status).toBe(200);
    },
  );

  test.each(['https://api.kombo.dev/v1', 'https://10.0.0.1/v1', 'https://localhost.example/v1', 'https://8.8.8.8/v1'])(
    'is not said of %s',
    async (komboBaseUrl) => {
      const server = await httpServer();
      expect(await mayPassOf(open(httpLinks(komboBaseUrl, systemClock), on(server.port)))).toBe(false);
      expect(server.connections()).toBe(0);
    },
  );

  test('links may lead to it over TLS', async () => {
    const server = await httpsServer();
    expect((await opened(open(localLinks(), on(server.port, 'https://127.0.0.1')))).status).toBe(200);
  });

  test('links to public hosts need https all the same', async () => {
    const server = await httpsServer();
    const local = localLinks(systemClock, publicName);
    expect((await opened(open(local, on(server.port, 'https://localhost')))).status).toBe(200);
    expect(await mayPassOf(open(local, on(server.port, 'http://localhost')))).toBe(false);
    expect(await mayPassOf(open(local, on(80, 'http://8.8.8.8')))).toBe(false);
  });

  test.each(['http://10.0.0.1', 'https://10.0.0.1', 'https://169.254.169.254', 'https://[fe80::1]', 'http://0.0.0.0'])(
    '%s is refused all the same',
    async (origin) => {
      expect(await mayPassOf(open(localLinks(), on(9_001, origin)))).toBe(false);
    },
  );
});

describe('redirects:', () => {
  test.each([301, 302, 303, 307, 308])('%i is followed, also to a relative target', async (status) => {
    const server = await httpServer((call) =>
      call.request.path === '/stored/1' ? call.answer(200) : redirectTo('../stored/1', status)(call),
    );
    expect((await opened(open(localLinks(), on(server.port)))).status).toBe(200);
    expect(server.requests.map(({ path }) => path)).toEqual([file, '/stored/1']);
  });

  test.each([200, 201, 300, 304, 305, 401])('%i is an answer, whatever location it has', async (status) => {
    const server = await httpServer(redirectTo('/next', status));
    expect((await opened(open(localLinks(), on(server.port)))).status).toBe(status);
    expect(server.requests).toHaveLength(1);
  });

  test('a redirect without a location is an answer', async () => {
    const server = await httpServer((call) => call.answer(302));
    expect((await opened(open(localLinks(), on(server.port)))).status).toBe(302);
  });

  test('three are followed, not four', async () => {
    const server = await httpServer((call) => {
      const left = Number(call.request.path.slice(1));
      if (left === 0) call.answer(200);
      else redirectTo(`/${left - 1}`)(call);
    });
    const from = (left: number) => open(localLinks(), `http://127.0.0.1:${server.port}/${left}`);
    expect((await opened(from(3))).status).toBe(200);
    expect(await faultOf(from(4))).toEqual({ reason: 'The link is redirected too often.', mayPass: false });
    expect(server.requests.map(({ path }) => path)).toEqual(['/3', '/2', '/1', '/0', '/4', '/3', '/2', '/1']);
  });

  test('a circle ends', async () => {
    const server = await httpServer(redirectTo(file));
    expect(await mayPassOf(open(localLinks(), on(server.port)))).toBe(false);
    expect(server.requests).toHaveLength(4);
  });

  test('the body of a redirect is dropped with its connection', async () => {
    const server = await httpServer((call) =>
      call.request.path === '/next'
        ? call.answer(200, 'x')
        : call.write('HTTP/1.1 302 Found\r\nlocation: /next\r\ncontent-length: 100000000\r\n\r\nx'),
    );
    const answer = await opened(open(localLinks(), on(server.port)));
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
  ])('from a public host to %s is refused', async (_, location, reason) => {
    const server = await httpsServer(redirectTo(location));
    expect(await faultOf(open(links(publicName), on(server.port, 'https://localhost')))).toEqual({
      reason,
      mayPass: false,
    });
    expect(server.requests).toHaveLength(1);
  });

  test('from a public host to a name that has a private address is refused', async () => {
    const inside = await httpsServer();
    const outside = await httpsServer(redirectTo(on(inside.port, 'https://inside.example')));
    const lookup: LookupFunction = (name, ...rest) =>
      (name === 'inside.example' ? names(['127.0.0.1']) : publicName)(name, ...rest);
    expect(await mayPassOf(open(links(lookup), on(outside.port, 'https://localhost')))).toBe(false);
    expect(outside.requests).toHaveLength(1);
    expect(inside.connections()).toBe(0);
  });
});

/** Accepts connections and never writes a byte. */
const silentServer = async (): Promise<{ port: number; connections(): number }> => {
  const open: Socket[] = [];
  const server = createServer((socket) => {
    open.push(socket.on('error', () => undefined));
    socket.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, connections: () => open.length };
};

describe('limits of time:', () => {
  /** Moves the clock to right before the limit, then onto it. */
  const endsAfter = async (
    limitMs: number,
    clock: ReturnType<typeof manualClock>,
    opening: ReturnType<Links['open']>,
  ) => {
    let over = false;
    void opening.then(() => {
      over = true;
    });
    clock.advance(limitMs - 1);
    await sleep(20);
    expect(over).toBe(false);
    clock.advance(1);
    const fault = await faultOf(opening);
    expect(clock.timers()).toBe(0);
    return fault;
  };

  test('a TLS handshake ends after 10 s, and may succeed later', async () => {
    const clock = manualClock();
    const server = await silentServer();
    const opening = open(localLinks(clock), on(server.port, 'https://127.0.0.1'));
    await until(() => server.connections() === 1);
    expect(await endsAfter(10_000, clock, opening)).toEqual({
      reason: 'The host of the link gave no connection within 10 s.',
      mayPass: true,
    });
  });

  test('so does a name server that never answers', async () => {
    const clock = manualClock();
    const opening = open(
      localLinks(clock, () => undefined),
      on(9_001, 'https://files.example'),
    );
    expect(await endsAfter(10_000, clock, opening)).toMatchObject({ mayPass: true });
  });

  test('silence after the request ends after 10 s of its own, and may succeed later', async () => {
    const clock = manualClock();
    const slow = Promise.withResolvers<void>();
    const server = await httpServer(() => slow.resolve());
    const opening = open(localLinks(clock), on(server.port));
    clock.advance(9_999);
    await slow.promise;
    await sleep(20);
    expect(await endsAfter(10_000, clock, opening)).toEqual({
      reason: 'The host of the link gave no answer within 10 s.',
      mayPass: true,
    });
  });

  test('a head that comes a byte at a time is silence', async () => {
    const clock = manualClock();
    const server = await httpServer((call) => {
      call.write('HTTP/1.1 200 OK\r\nx-slow: ');
      const timer = setInterval(() => call.write('x'), 2);
      call.socket.on('close', () => clearInterval(timer));
    });
    const opening = open(localLinks(clock), on(server.port));
    await until(() => server.requests.length === 1);
    await sleep(20);
    expect(await endsAfter(10_000, clock, opening)).toMatchObject({ mayPass: true });
  });

  test('no timer is left after an answer, nor after a refusal', async () => {
    const clock = manualClock();
    const server = await httpServer();
    await opened(open(localLinks(clock), on(server.port)));
    await faultOf(open(localLinks(clock), 'http://10.0.0.1/'));
    await faultOf(open(localLinks(clock, names(['10.0.0.1'])), 'http://files.example/'));
    expect(clock.timers()).toBe(0);
  });
});

describe('the signal ends', () => {
  test('a look before it has started: nothing is looked up', async () => {
    const lookup = names(['127.0.0.1']);
    const opening = open(localLinks(systemClock, lookup), on(9_001, 'http://files.example'), AbortSignal.abort());
    expect(await faultOf(opening)).toEqual({ reason: 'The link was not answered in time.', mayPass: true });
    expect(lookup.asked).toEqual([]);
  });

  test('the wait for an answer', async () => {
    const controller = new AbortController();
    const server = await httpServer(() => controller.abort());
    expect(await mayPassOf(open(localLinks(), on(server.port), controller.signal))).toBe(true);
    await server.deserted();
  });

  test('the reading of a body', async () => {
    const controller = new AbortController();
    const server = await httpServer((call) => call.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx'));
    const answer = await opened(open(localLinks(), on(server.port), controller.signal));
    const reading = collect(answer.chunks);
    controller.abort();
    await expect(reading).rejects.toThrow();
    await server.deserted();
  });

  test('and is not listened to by what has ended', async () => {
    const { signal } = new AbortController();
    const server = await httpServer(redirectTo('/next'));
    await open(localLinks(), on(server.port), signal);
    await server.deserted();
    await until(() => getEventListeners(signal, 'abort').length === 0);
  });
});

describe('may pass:', () => {
  test.each(['ENOTFOUND', 'EAI_AGAIN'])('a name that is not found (%s)', async (code) => {
    expect(await faultOf(open(links(failingNames(code)), on(443, 'https://files.example')))).toEqual({
      reason: `The link could not be read (${code}).`,
      mayPass: true,
    });
  });

  test('a refused connection', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    expect(await faultOf(open(localLinks(), on(port)))).toEqual({
      reason: 'The link could not be read (ECONNREFUSED).',
      mayPass: true,
    });
  });

  test.each([
    ['a reset', (call: RawCall) => call.reset()],
    ['a connection that ends without an answer', (call: RawCall) => call.socket.end()],
    ['an answer that is not HTTP', (call: RawCall) => call.write('Frank Doe, carpenter\r\n\r\n')],
    ['a length that is not a number', (call: RawCall) => call.write('HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n')],
    [
      'a switch of protocols',
      (call: RawCall) => call.write('HTTP/1.1 101 S\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
    ],
    ['a head of a megabyte', (call: RawCall) => call.write(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(1_000_000)}\r\n\r\n`)],
  ])('%s', async (_, complete) => {
    const server = await httpServer(complete);
    expect(await mayPassOf(open(localLinks(), on(server.port)))).toBe(true);
    await server.deserted();
  });

  test('a host that speaks no TLS', async () => {
    const plain = createServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    onTestFinished(() => void plain.close());
    plain.listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const { port } = plain.address() as AddressInfo;
    expect(await mayPassOf(open(localLinks(), on(port, 'https://127.0.0.1')))).toBe(true);
  });
});

describe('does not pass:', () => {
  test('a certificate without a known authority', async () => {
    setDefaultCACertificates(trusted);
    const server = await httpsServer();
    expect(await faultOf(open(localLinks(), on(server.port, 'https://127.0.0.1')))).toEqual({
      reason: 'The host of the link has no valid certificate (DEPTH_ZERO_SELF_SIGNED_CERT).',
      mayPass: false,
    });
    expect(server.requests).toEqual([]);
  });

  test('a certificate for another name', async () => {
    const server = await httpsServer();
    expect(await faultOf(open(links(publicName), on(server.port, 'https://files.example')))).toEqual({
      reason: 'The host of the link has no valid certificate (ERR_TLS_CERT_ALTNAME_INVALID).',
      mayPass: false,
    });
    expect(server.requests).toEqual([]);
  });
});
