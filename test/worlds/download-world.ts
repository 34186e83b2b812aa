import { expect } from 'vitest';
import { type Clock, systemClock } from '../../lib/clock.ts';
import { type Downloaded, download, type Wanted } from '../../lib/kombo/download.ts';
import { httpLinks, type LinkAnswer, type Links } from '../../lib/kombo/links.ts';
import { ok } from '../../lib/result.ts';
import { inTime } from '../fakes/kombo-caller.ts';
import { type RawCall, type RawServer, rawServer } from '../fakes/raw-server.ts';

/** A link to a listed file whose host answers as a test sets, and the result of its download. */

/** 20 bytes; another upload of the target has 30. */
export const cv = 'Frank Doe, carpenter';
export const wantedOf = (changes: Partial<Wanted>): Wanted => ({
  lengths: new Set([20, 30]),
  algorithms: new Set(['MD5']),
  listedAs: 'application/pdf',
  takeWholeDownload: () => true,
  ...changes,
});

export const cvRead = {
  kind: 'read',
  sizeBytes: 20,
  checksums: new Map([['MD5', '556343c4109d95d8f652f55adcce3273']]),
  onlyEqualityCounts: false,
};
export const cutShort = {
  kind: 'not-compared',
  reason: 'The download broke off, or was too slow, before the end of the file.',
  mayPass: true,
};

export const responseHead = (...lines: readonly string[]): string => ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n');
export const contentLength = (sizeBytes: number): string => `content-length: ${sizeBytes}`;
export const chunked = 'transfer-encoding: chunked';
export const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
export const lastChunk = '0\r\n\r\n';

interface Call {
  readonly clock?: Clock;
  readonly durationMs?: number;
}

export const downloadFrom = async (
  server: RawServer,
  wanted: Partial<Wanted> = {},
  { clock = systemClock, durationMs = 600_000 }: Call = {},
): Promise<Downloaded> => {
  const url = `http://127.0.0.1:${server.port}/Frank%20Doe.pdf?token=s3cr3t`;
  const links = httpLinks('http://127.0.0.1:9000/v1', clock);
  const downloaded = await download(links, url, wantedOf(wanted), { deadline: inTime(clock, durationMs), clock });
  // Whatever the result, the connection is not left open, and no part of the link is shown.
  await server.deserted();
  if (downloaded.kind === 'not-compared') {
    expect(downloaded.reason).toMatch(/^[A-Z][^.]*\.$/);
    expect(downloaded.reason).not.toMatch(/frank|s3cr3t|https?:|\d\.\d|\d{4}/i);
  }
  return downloaded;
};

export const serverThat = (complete: (call: RawCall) => void): Promise<RawServer> => rawServer({ complete });

/** The result of an answer with exactly these bytes; the server leaves the connection open. */
export const downloadOf = async (answer: string, wanted: Partial<Wanted> = {}): Promise<Downloaded> =>
  downloadFrom(await serverThat((call) => call.write(answer)), wanted);

/** The same, but the server closes the connection. */
export const downloadOfAll = async (answer: string, wanted: Partial<Wanted> = {}): Promise<Downloaded> =>
  downloadFrom(await serverThat((call) => call.socket.end(answer)), wanted);

/** Links with one answer that counts how often it is closed. */
export const linksTo = (
  headers: LinkAnswer['headers'],
  chunks: (signal: AbortSignal) => AsyncIterable<Uint8Array>,
): { readonly links: Links; closed(): number } => {
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
