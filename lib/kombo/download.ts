import type { Clock } from '../clock.ts';
import { type Deadline, deadlineWithin } from '../deadline.ts';
import { linkSilenceMs, linkTimeoutMs } from '../limits.ts';
import { type ChecksumAlgorithm, startDigest } from '../stream/checksum.ts';
import type { LinkAnswer, Links } from './links.ts';

/** What a download must compare, which decides what can be skipped. */
export interface Wanted {
  /** The lengths, in bytes, of our file and of the target's other uploads. */
  readonly lengths: ReadonlySet<number>;
  readonly algorithms: ReadonlySet<ChecksumAlgorithm>;
  /** The content type in Kombo's list. */
  readonly listedAs?: string | undefined;
  /** Called before a body is read. Returns false once this check has used up its limit of whole downloads. */
  readonly takeWholeDownload: () => boolean;
}

export type Downloaded =
  | {
      readonly kind: 'read';
      readonly sizeBytes: number;
      readonly checksums: ReadonlyMap<ChecksumAlgorithm, string>;
      /**
       * The bytes may be an error page, or only the beginning of the file. Equality with our file still proves a match;
       * a difference proves nothing.
       */
      readonly onlyEqualityCounts: boolean;
    }
  /** Not read, because no known file has its announced length. */
  | { readonly kind: 'other-length'; readonly sizeBytes: number }
  | { readonly kind: 'not-compared'; readonly reason: string; readonly mayPass: boolean };

/**
 * Reads the content behind a link as far as a comparison needs it, in constant memory. Never throws. The result is
 * "read" or "other-length" only for a complete, unencoded response with status 200; anything else is "not-compared".
 */
export const download = async (
  links: Links,
  url: string,
  wanted: Wanted,
  { deadline, clock }: { readonly deadline: Deadline; readonly clock: Clock },
): Promise<Downloaded> => {
  const limit = deadlineWithin(clock, deadline, linkTimeoutMs);
  const silence = new AbortController();
  const signal = AbortSignal.any([limit.signal, silence.signal]);
  const opened = await links.open(url, signal);
  try {
    if (!opened.ok) return { kind: 'not-compared', ...opened.error };
    const { chunks, ...head } = opened.value;
    return whyUnread(head, wanted) ?? (await read(untilSilent(chunks, clock, silence), head, wanted, signal));
  } finally {
    limit.clear();
    if (opened.ok) opened.value.close();
  }
};

type Head = Pick<LinkAnswer, 'status' | 'headers'>;

/** The result if the response's head already decides it; undefined when the body is needed. */
const whyUnread = (
  { status, headers }: Head,
  { lengths, listedAs, takeWholeDownload }: Wanted,
): Downloaded | undefined => {
  if (status !== 200) return notCompared(`The link was answered with HTTP status ${status}.`, passes(status));
  if (isEncoded(headers)) return notCompared('The file was sent compressed or otherwise encoded.', false);
  const sizeBytes = announcedBytes(headers);
  if (sizeBytes === 0) return withoutByte;
  if (sizeBytes !== undefined && !lengths.has(sizeBytes))
    return isPage(headers, listedAs)
      ? notCompared('The link returned a page or a message instead of the file.', false)
      : { kind: 'other-length', sizeBytes };
  return takeWholeDownload()
    ? undefined
    : notCompared('This check had already downloaded the maximum number of whole files.', false);
};

const read = async (
  chunks: AsyncIterable<Uint8Array>,
  { headers }: Head,
  { lengths, algorithms, listedAs }: Wanted,
  signal: AbortSignal,
): Promise<Downloaded> => {
  const announced = announcedBytes(headers);
  const longest = Math.max(...lengths);
  const digests = new Map([...algorithms].map((algorithm) => [algorithm, startDigest(algorithm)]));
  let sizeBytes = 0;
  try {
    for await (const chunk of chunks) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > longest)
        return notCompared(
          'The file is longer than every file that it could match, and its length was not announced.',
          false,
        );
      for (const digest of digests.values()) digest.update(chunk);
    }
  } catch {
    return cutShort;
  }
  // A body without a marked end also ends without an error when we abort its connection.
  if (signal.aborted || sizeBytes !== (announced ?? sizeBytes)) return cutShort;
  if (sizeBytes === 0) return withoutByte;
  const checksums = new Map([...digests].map(([algorithm, digest]) => [algorithm, digest.value()]));
  const onlyEqualityCounts = isPage(headers, listedAs) || !hasMarkedEnd(headers);
  return { kind: 'read', sizeBytes, checksums, onlyEqualityCounts };
};

/** Passes chunks on, and aborts `silence` when the next one takes too long. */
async function* untilSilent(
  chunks: AsyncIterable<Uint8Array>,
  clock: Clock,
  silence: AbortController,
): AsyncGenerator<Uint8Array, void, undefined> {
  const listen = (): (() => void) => clock.after(linkSilenceMs, () => silence.abort());
  let cancel = listen();
  try {
    for await (const chunk of chunks) {
      cancel();
      yield chunk;
      cancel = listen();
    }
  } finally {
    cancel();
  }
}

const notCompared = (reason: string, mayPass: boolean): Downloaded => ({ kind: 'not-compared', reason, mayPass });

const cutShort = notCompared('The download broke off, or was too slow, before the end of the file.', true);

/** No CV is empty, so an empty response is a fault that may be temporary. */
const withoutByte = notCompared('The answer to the link was empty.', true);

/** 403: a fresh link may not be valid yet. 408, 429 and 5xx are temporary by definition. */
const passes = (status: number): boolean => [403, 408, 429].includes(status) || status >= 500;

type Headers = Head['headers'];

/** Node decodes only `chunked`; any other encoding changes the bytes. */
const isEncoded = (headers: Headers): boolean =>
  !/^(?:identity)?$/i.test(headers['content-encoding'] ?? '') ||
  !/^(?:chunked)?$/i.test(headers['transfer-encoding'] ?? '');

const announcedBytes = (headers: Headers): number | undefined => {
  const length = headers['content-length'] ?? '';
  return /^\d+$/.test(length) ? Number(length) : undefined;
};

/** Without either header a body ends with its connection, which looks like a broken connection. */
const hasMarkedEnd = (headers: Headers): boolean =>
  announcedBytes(headers) !== undefined || headers['transfer-encoding'] !== undefined;

/** Formats of login pages and error messages, which an expired link may return with status 200. */
const pageFormats = [
  /^(?:text\/html|application\/xhtml\+xml)$/,
  /^(?:text|application)\/json$|\+json$/,
  /^(?:text|application)\/xml$|\+xml$/,
  /^text\/plain$/,
];

const pageFormatOf = (contentType = ''): RegExp | undefined => {
  const [type = ''] = contentType.toLowerCase().split(';');
  return pageFormats.find((format) => format.test(type.trim()));
};

const isPage = (headers: Headers, listedAs: string | undefined): boolean => {
  const format = pageFormatOf(headers['content-type']);
  return format !== undefined && format !== pageFormatOf(listedAs);
};
