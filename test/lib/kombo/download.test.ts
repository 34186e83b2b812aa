import { describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../../lib/clock.ts';
import { deadlineIn } from '../../../lib/deadline.ts';
import { type Downloaded, download, type Wanted } from '../../../lib/kombo/download.ts';
import { httpLinks, type LinkAnswer, type Links } from '../../../lib/kombo/links.ts';
import { ok } from '../../../lib/result.ts';
import { fastClock } from '../../fakes/fast-clock.ts';
import { inTime } from '../../fakes/kombo-caller.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { type RawCall, type RawServer, rawServer } from '../../fakes/raw-server.ts';

/** 20 bytes; another upload of the target has 30. */
const cv = 'Frank Doe, carpenter';
const wantedOf = (changes: Partial<Wanted>): Wanted => ({
  lengths: new Set([20, 30]),
  algorithms: new Set(['MD5']),
  listedAs: 'application/pdf',
  mayRead: () => true,
  ...changes,
});

const file = {
  kind: 'read',
  sizeBytes: 20,
  checksums: new Map([['MD5', '556343c4109d95d8f652f55adcce3273']]),
  onlyEqualityCounts: false,
};
const cutShort = {
  kind: 'not-compared',
  reason: 'The download broke off, or was too slow, before the end of the file.',
  mayPass: true,
};

const head = (...lines: readonly string[]): string => ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n');
const ofLength = (sizeBytes: number): string => `content-length: ${sizeBytes}`;
const inChunks = 'transfer-encoding: chunked';
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const lastChunk = '0\r\n\r\n';

interface Call {
  readonly clock?: Clock;
  readonly durationMs?: number;
}

const downloadFrom = async (
  server: RawServer,
  wanted: Partial<Wanted> = {},
  { clock = systemClock, durationMs = 600_000 }: Call = {},
): Promise<Downloaded> => {
  const url = `http://127.0.0.1:${server.port}/Frank%20Doe.pdf?token=s3cr3t`;
  const links = httpLinks('http://127.0.0.1:9000/v1', clock);
  const downloaded = await download(links, url, wantedOf(wanted), { deadline: inTime(clock, durationMs), clock });
  // Whatever came of it, the connection is not left open, and no part of the link is shown.
  await server.deserted();
  if (downloaded.kind === 'not-compared') {
    expect(downloaded.reason).toMatch(/^[A-Z][^.]*\.$/);
    expect(downloaded.reason).not.toMatch(/frank|s3cr3t|https?:|\d\.\d|\d{4}/i);
  }
  return downloaded;
};

const answering = (complete: (call: RawCall) => void): Promise<RawServer> => rawServer({ complete });

/** What comes of an answer with exactly these bytes; the server leaves the connection open. */
const downloadOf = async (answer: string, wanted: Partial<Wanted> = {}): Promise<Downloaded> =>
  downloadFrom(await answering((call) => call.write(answer)), wanted);

/** The same where the server closes it. */
const downloadOfAll = async (answer: string, wanted: Partial<Wanted> = {}): Promise<Downloaded> =>
  downloadFrom(await answering((call) => call.socket.end(answer)), wanted);

/** Links with one answer, which counts how often it is closed. */
const linksTo = (headers: LinkAnswer['headers'], chunks: (signal: AbortSignal) => AsyncIterable<Uint8Array>) => {
  let closed = 0;
  const links: Links = {
    open: async (_, signal) =>
      ok({
        status: 200,
        headers,
        chunks: chunks(signal),
        close: () => {
          closed += 1;
        },
      }),
  };
  return { links, closed: () => closed };
};

describe('a file is read', () => {
  test('to its announced end, and digested', async () => {
    expect(await downloadOf(head(ofLength(20), 'content-type: application/pdf') + cv)).toEqual(file);
  });

  test('with every checksum that is wanted, and with none', async () => {
    const answer = head(ofLength(20)) + cv;
    expect(await downloadOf(answer, { algorithms: new Set(['MD5', 'SHA1', 'SHA256']) })).toMatchObject({
      checksums: new Map([
        ['MD5', '556343c4109d95d8f652f55adcce3273'],
        ['SHA1', 'xqBs87aovpnKuWoHO4A+Voz80Is='],
        ['SHA256', 'I5s1i6Xe6M7gy54fTTnWK/M/dqQrvjPOYaQpuAn2jhw='],
      ]),
    });
    expect(await downloadOf(answer, { algorithms: new Set() })).toEqual({ ...file, checksums: new Map() });
  });

  test('in pieces', async () => {
    const server = await answering(async ({ write }) => {
      write(head(ofLength(20)) + cv.slice(0, 7));
      await new Promise((resolve) => setTimeout(resolve, 20));
      write(cv.slice(7));
    });
    expect(await downloadFrom(server)).toEqual(file);
  });

  test.each([ofLength(0), 'transfer-encoding: chunked\r\n\r\n0'])(
    'not when it is empty, which no CV is: %j',
    async (as) => {
      expect(await downloadOf(`${head(as)}`)).toEqual({
        kind: 'not-compared',
        reason: 'The answer to the link was empty.',
        mayPass: true,
      });
    },
  );

  test('no further than announced, when more comes', async () => {
    expect(await downloadOfAll(`${head(ofLength(20))}${cv} and more`)).toEqual(file);
  });

  test('without an announced length to its last chunk, whatever its length up to the longest', async () => {
    expect(await downloadOf(head(inChunks) + chunk('Frank Doe,') + chunk(' carpenter') + lastChunk)).toEqual(file);
    for (const sizeBytes of [1, 7, 29, 30]) {
      const body = chunk('x'.repeat(sizeBytes)) + lastChunk;
      expect(await downloadOf(head(inChunks) + body)).toMatchObject({ kind: 'read', sizeBytes });
    }
  });

  test('to the end of its connection, but then only equality counts: a broken one looks the same', async () => {
    expect(await downloadOfAll(head() + cv)).toEqual({ ...file, onlyEqualityCounts: true });
  });

  test.each(['', 'x', '-1', '19, 19', '0x13', '1e1', '19.0', ' '])(
    'as without a length when it is "%s"',
    async (length) => {
      async function* chunks() {
        yield Buffer.from(cv);
      }
      const { links } = linksTo({ 'content-length': length, 'transfer-encoding': 'chunked' }, chunks);
      expect(await download(links, '', wantedOf({}), { deadline: inTime(), clock: systemClock })).toEqual(file);
    },
  );

  test('in constant memory: a chunk may be reused for the next one', async () => {
    async function* reused() {
      const memory = Buffer.alloc(4);
      for (let at = 0; at < cv.length; at += 4) {
        memory.write(cv.slice(at, at + 4));
        yield memory;
      }
    }
    const { links, closed } = linksTo({ 'content-length': '20' }, reused);
    expect(await download(links, '', wantedOf({}), { deadline: inTime(), clock: systemClock })).toEqual(file);
    expect(closed()).toBe(1);
  });
});

describe('a body is not read', () => {
  /** Sends as much of a long body as the other side takes, and counts it. */
  const longBody = async (answerHead: string) => {
    const piece = Buffer.alloc(65_536, 'x');
    let sentBytes = 0;
    const server = await answering(({ socket }) => {
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

  test('when its announced length is that of no file we know', async () => {
    const { server, sentBytes } = await longBody(head(ofLength(100_000_000)));
    expect(await downloadFrom(server)).toEqual({ kind: 'other-length', sizeBytes: 100_000_000 });
    expect(sentBytes()).toBeLessThan(buffersBytes);
  });

  test.each([1, 19, 21, 29, 31])('when its announced length is %i, one off or not', async (sizeBytes) => {
    expect(await downloadOf(head(ofLength(sizeBytes)))).toEqual({ kind: 'other-length', sizeBytes });
  });

  test('when the look has had its share of whole downloads', async () => {
    const { server, sentBytes } = await longBody(head(ofLength(100_000_000)));
    const wanted = { lengths: new Set([100_000_000]), mayRead: () => false };
    expect(await downloadFrom(server, wanted)).toEqual({
      kind: 'not-compared',
      reason: 'This look had already downloaded as many whole files as one look may.',
      mayPass: false,
    });
    expect(sentBytes()).toBeLessThan(buffersBytes);
  });

  test('beyond the longest file we know, when no length was announced', async () => {
    const answer = head(inChunks) + chunk('x'.repeat(31)) + lastChunk;
    const longer = {
      kind: 'not-compared',
      reason: 'The file is longer than any that we know, and its length was not announced.',
      mayPass: false,
    };
    expect(await downloadOf(answer)).toEqual(longer);
    expect(await downloadOf(head(inChunks) + chunk('x'), { lengths: new Set() })).toEqual(longer);
    const { server, sentBytes } = await longBody(head());
    expect(await downloadFrom(server)).toEqual(longer);
    expect(sentBytes()).toBeLessThan(buffersBytes);
  });

  test('of a link that never ends', async () => {
    const server = await answering(({ write, socket }) => {
      write(head(inChunks));
      const timer = setInterval(() => write(chunk('Frank Doe ')), 1);
      socket.on('close', () => clearInterval(timer));
    });
    expect(await downloadFrom(server)).toMatchObject({ kind: 'not-compared', mayPass: false });
  });

  test('and its place among the whole downloads is asked for only right before it is read', async () => {
    let asked = 0;
    const mayRead = () => {
      asked += 1;
      return true;
    };
    await downloadOf(head(ofLength(19)), { mayRead });
    await downloadOf('HTTP/1.1 404 Not Found\r\ncontent-length: 20\r\n\r\n', { mayRead });
    await downloadOf(head(ofLength(20), 'content-encoding: gzip'), { mayRead });
    expect(asked).toBe(0);
    await downloadOf(head(ofLength(20)) + cv, { mayRead });
    await downloadOf(head(inChunks) + chunk(cv) + lastChunk, { mayRead });
    expect(asked).toBe(2);
  });
});

describe('an answer with another status than 200 is not compared:', () => {
  const downloadWith = (status: number) => downloadOf(`HTTP/1.1 ${status} Status\r\ncontent-length: 20\r\n\r\n${cv}`);

  test.each([403, 408, 429, 500, 502, 503, 504, 599])('%i may pass', async (status) => {
    expect(await downloadWith(status)).toEqual({
      kind: 'not-compared',
      reason: `The link was answered with HTTP status ${status}.`,
      mayPass: true,
    });
  });

  test.each([201, 203, 204, 206, 300, 302, 304, 400, 401, 402, 404, 405, 407, 409, 410, 416, 428, 430, 451, 499])(
    '%i does not pass',
    async (status) => {
      expect(await downloadWith(status)).toEqual({
        kind: 'not-compared',
        reason: `The link was answered with HTTP status ${status}.`,
        mayPass: false,
      });
    },
  );
});

test.each([
  'content-encoding: gzip',
  'content-encoding: br',
  'content-encoding: identity, gzip',
  'content-encoding: aws-chunked',
  'transfer-encoding: gzip, chunked',
])('a file that is sent with %s is not compared, which does not pass', async (encoding) => {
  const answer = encoding.startsWith('transfer')
    ? head(encoding) + chunk(cv) + lastChunk
    : head(ofLength(20), encoding) + cv;
  expect(await downloadOf(answer)).toEqual({
    kind: 'not-compared',
    reason: 'The file was sent compressed or otherwise encoded.',
    mayPass: false,
  });
});

test('a file of another length that is sent encoded is not compared: its own length may be ours', async () => {
  expect(await downloadOf(head(ofLength(19), 'content-encoding: gzip'))).toMatchObject({ kind: 'not-compared' });
});

test.each(['content-encoding: identity', 'content-encoding: Identity', 'content-encoding:'])(
  'a file that is sent with "%s" is read',
  async (encoding) => {
    expect(await downloadOf(head(ofLength(20), encoding) + cv)).toEqual(file);
  },
);

test('a file whose chunks are announced in capitals is read', async () => {
  expect(await downloadOf(head('transfer-encoding: Chunked') + chunk(cv) + lastChunk)).toEqual(file);
});

describe('a page', () => {
  const pages = [
    ...['text/html', 'text/html; charset=utf-8', 'TEXT/HTML', 'application/xhtml+xml', 'application/json', 'text/json'],
    ...[
      'application/problem+json',
      'application/xml',
      'text/xml;charset=utf-8',
      'application/atom+xml',
      'image/svg+xml',
    ],
  ];

  test.each(pages)('of type %s and another length is not compared, which does not pass', async (type) => {
    expect(await downloadOf(head(ofLength(19), `content-type: ${type}`))).toEqual({
      kind: 'not-compared',
      reason: 'The link led to a page or a message, not to the file.',
      mayPass: false,
    });
  });

  test.each(pages)(
    'of type %s and our length, or of no announced length, is read: only equality counts',
    async (type) => {
      const contentType = `content-type: ${type}`;
      const page = { ...file, onlyEqualityCounts: true };
      expect(await downloadOf(head(ofLength(20), contentType) + cv)).toEqual(page);
      expect(await downloadOf(head(inChunks, contentType) + chunk(cv) + lastChunk)).toEqual(page);
    },
  );

  test.each([
    ['text/html', 'text/html; charset=latin1'],
    ['application/xhtml+xml', 'text/html'],
    ['application/json', 'Application/JSON'],
    ['application/xml', 'text/xml'],
  ])('of type %s is a file where Kombo lists it as %s', async (type, listedAs) => {
    const contentType = `content-type: ${type}`;
    expect(await downloadOf(head(ofLength(20), contentType) + cv, { listedAs })).toEqual(file);
    expect(await downloadOf(head(ofLength(19), contentType), { listedAs })).toMatchObject({ kind: 'other-length' });
  });

  test('is not what a file is that Kombo lists as one', async () => {
    const answer = head(ofLength(19), 'content-type: application/pdf');
    expect(await downloadOf(answer, { listedAs: 'text/html' })).toEqual({ kind: 'other-length', sizeBytes: 19 });
  });

  test.each([
    ['text/html', 'application/json'],
    ['application/json', 'application/xml'],
    ['application/xhtml+xml', 'application/xml'],
    ['text/html', undefined],
  ])('of type %s is not the file that Kombo lists as %s', async (type, listedAs) => {
    const contentType = `content-type: ${type}`;
    expect(await downloadOf(head(ofLength(19), contentType), { listedAs })).toMatchObject({ kind: 'not-compared' });
    expect(await downloadOf(head(ofLength(20), contentType) + cv, { listedAs })).toMatchObject({
      onlyEqualityCounts: true,
    });
  });

  test('at the end of a redirect from an expired link is not compared', async () => {
    const login = `${head(ofLength(19), 'content-type: text/html')}<p>Please log in.`;
    const server = await answering((call) =>
      call.write(
        call.request.path === '/login' ? login : 'HTTP/1.1 302 Found\r\nlocation: /login\r\ncontent-length: 0\r\n\r\n',
      ),
    );
    expect(await downloadFrom(server)).toMatchObject({ kind: 'not-compared', mayPass: false });
    expect(server.requests.map(({ path }) => path)).toEqual(['/Frank%20Doe.pdf?token=s3cr3t', '/login']);
  });
});

test.each([
  ...['application/pdf', 'application/octet-stream', 'text/csv', 'image/png', 'text/htmlx', 'application/json-seq'],
  ...['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'application/xml-dtd', 'x-html', ''],
])('a file of type "%s" is no page', async (type) => {
  const contentType = `content-type: ${type}`;
  expect(await downloadOf(head(ofLength(19), contentType))).toEqual({ kind: 'other-length', sizeBytes: 19 });
  expect(await downloadOf(head(ofLength(20), contentType) + cv)).toEqual(file);
});

describe('cut short, which may pass, is', () => {
  test.each([
    ['an announced length, and fewer bytes', head(ofLength(30)) + cv],
    ['an announced length, and none', head(ofLength(20))],
    ['a missing last chunk', head(inChunks) + chunk(cv)],
    ['half a chunk', `${head(inChunks)}14\r\nFrank`],
    ['a chunk without a length', `${head(inChunks)}${chunk('Frank')}Doe\r\n`],
  ])('%s', async (_, answer) => {
    expect(await downloadOfAll(answer)).toEqual(cutShort);
    const reset = await answering((call) => {
      call.write(answer);
      setTimeout(call.reset, 10);
    });
    expect(await downloadFrom(reset)).toEqual(cutShort);
  });

  test.each([19, 21])('a body that ends quietly after %i of 20 bytes', async (sizeBytes) => {
    async function* chunks() {
      yield Buffer.alloc(sizeBytes);
    }
    const { links, closed } = linksTo({ 'content-length': '20' }, chunks);
    expect(await download(links, '', wantedOf({}), { deadline: inTime(), clock: systemClock })).toEqual(cutShort);
    expect(closed()).toBe(1);
  });

  test.each([
    ['an announced length', head(ofLength(30))],
    ['chunks', `${head(inChunks)}1e\r\n`],
    ['no end but that of its connection', head()],
  ])('a link with one byte per 5 s and %s', async (_, answer) => {
    const clock = fastClock();
    let sentBytes = 0;
    const server = await answering(({ write, socket }) => {
      write(answer);
      const timer = setInterval(() => {
        sentBytes += 1;
        write('x');
      }, 5_000 / 50);
      socket.on('close', () => clearInterval(timer));
    });
    expect(await downloadFrom(server, {}, { clock })).toEqual(cutShort);
    expect(sentBytes).toBeLessThan(30);
  });

  test.each([
    ['an announced length', head(ofLength(30)) + cv],
    ['chunks', head(inChunks) + chunk(cv)],
    ['no end but that of its connection', head() + cv],
  ])('a link that falls silent, with %s', async (_, answer) => {
    const server = await answering((call) => call.write(answer));
    expect(await downloadFrom(server, {}, { clock: fastClock() })).toEqual(cutShort);
  });

  test('a link that is still read when the deadline comes', async () => {
    const server = await answering((call) => call.write(head(inChunks) + chunk(cv)));
    expect(await downloadFrom(server, {}, { durationMs: 2_000 })).toEqual(cutShort);
  });
});

describe('limits of time, to the millisecond:', () => {
  /** A body whose chunks come when the test says so, and which breaks when the download's signal aborts. */
  const slowFile = (durationMs = 600_000) => {
    const clock = manualClock();
    const deadline = deadlineIn(clock, durationMs);
    let arrive: (text: string) => void = () => undefined;
    async function* chunks(signal: AbortSignal) {
      for (let readBytes = 0; readBytes < 20; ) {
        const { promise, resolve, reject } = Promise.withResolvers<string>();
        arrive = resolve;
        signal.addEventListener('abort', reject);
        const text = await promise;
        readBytes += text.length;
        yield Buffer.from(text);
      }
    }
    const { links, closed } = linksTo({ 'content-length': '20' }, chunks);
    let result: Downloaded | undefined;
    void download(links, '', wantedOf({}), { deadline, clock }).then((downloaded) => {
      result = downloaded;
    });
    const settle = () => new Promise((resolve) => setImmediate(resolve));
    return {
      /** Time passes, then these bytes arrive. */
      after: async (durationMs: number, text = '') => {
        await settle();
        clock.advance(durationMs);
        await settle();
        if (text) arrive(text);
        await settle();
      },
      result: () => result,
      /** But for the deadline's own. */
      timers: () => clock.timers() - 1,
      closed,
    };
  };

  test('10 s of silence end a download', async () => {
    const slow = slowFile();
    await slow.after(9_999);
    expect(slow.result()).toBeUndefined();
    await slow.after(1);
    expect(slow.result()).toEqual(cutShort);
    expect(slow.timers()).toBe(0);
    expect(slow.closed()).toBe(1);
  });

  test('each chunk ends a silence', async () => {
    const slow = slowFile();
    await slow.after(9_999, cv.slice(0, 7));
    await slow.after(9_999, cv.slice(7, 14));
    expect(slow.result()).toBeUndefined();
    await slow.after(9_999, cv.slice(14));
    expect(slow.result()).toEqual(file);
    expect(slow.timers()).toBe(0);
  });

  test('60 s end a download that is never silent', async () => {
    const slow = slowFile();
    for (const _ of [1, 2, 3, 4, 5, 6]) await slow.after(9_999, 'x');
    await slow.after(5);
    expect(slow.result()).toBeUndefined();
    await slow.after(1);
    expect(slow.result()).toEqual(cutShort);
    expect(slow.timers()).toBe(0);
    expect(slow.closed()).toBe(1);
  });

  test('so does an earlier deadline', async () => {
    const slow = slowFile(5_000);
    await slow.after(4_999, 'x');
    expect(slow.result()).toBeUndefined();
    await slow.after(1);
    expect(slow.result()).toEqual(cutShort);
  });
});

describe('a link that cannot be opened is not compared:', () => {
  const opening = (url: string, durationMs = 600_000) => {
    const clock = manualClock();
    const links = httpLinks('https://api.kombo.dev/v1', clock, {
      lookup: (_, __, callback) => callback(Object.assign(new Error('?'), { code: 'ENOTFOUND' }), []),
    });
    return download(links, url, wantedOf({}), { deadline: deadlineIn(clock, durationMs), clock });
  };

  test.each([null, undefined, '', 'cv.pdf', 'ftp://files.example/cv.pdf', 'https://127.0.0.1/', 'https://[::1]/'])(
    '%j, which does not pass',
    async (url) => {
      expect(await opening(url as string)).toMatchObject({ kind: 'not-compared', mayPass: false });
    },
  );

  test('one whose host is not found, which may pass', async () => {
    expect(await opening('https://files.example/cv.pdf')).toEqual({
      kind: 'not-compared',
      reason: 'The link could not be read (ENOTFOUND).',
      mayPass: true,
    });
  });

  test('any link when no time is left, which may pass', async () => {
    expect(await opening('https://files.example/cv.pdf', 0)).toEqual({
      kind: 'not-compared',
      reason: 'The link was not answered in time.',
      mayPass: true,
    });
  });

  test('one that never answers, which may pass', async () => {
    const server = await answering(() => undefined);
    expect(await downloadFrom(server, {}, { clock: fastClock() })).toMatchObject({
      kind: 'not-compared',
      mayPass: true,
    });
  });
});
