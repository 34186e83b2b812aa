import type { Clock } from '../clock.ts';
import { type Deadline, deadlineWithin } from '../deadline.ts';
import { linkSilenceMs, linkTimeoutMs } from '../limits.ts';
import { type ChecksumAlgorithm, startDigest } from '../stream/checksum.ts';
import type { LinkAnswer, Links } from './links.ts';

/** What a download is for, and so what need not be read. */
export interface Wanted {
  /** Lengths, in bytes, that our file or another upload of the target has. */
  readonly lengths: ReadonlySet<number>;
  readonly algorithms: ReadonlySet<ChecksumAlgorithm>;
  /** The content type under which Kombo lists the file. */
  readonly listedAs?: string | undefined;
  /** Asked right before a body is read; false once this look has downloaded as many whole files as one look may. */
  readonly mayRead: () => boolean;
}

export type Downloaded =
  /** Read to its end. */
  | {
      readonly kind: 'read';
      readonly sizeBytes: number;
      readonly checksums: ReadonlyMap<ChecksumAlgorithm, string>;
      /**
       * These bytes may be a page instead of the file, or only its beginning: if they equal ours the file is ours, and if
       * they differ that proves nothing.
       */
      readonly onlyEqualityCounts: boolean;
    }
  /** Not read, because no file that we know has its announced length. */
  | { readonly kind: 'other-length'; readonly sizeBytes: number }
  | { readonly kind: 'not-compared'; readonly reason: string; readonly mayPass: boolean };

/**
 * Reads what a link leads to as far as a comparison needs it, in constant memory. Never throws. The result is
 * "read" or "other-length" only for a complete, unencoded answer with status 200; anything else is "not-compared".
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

/** What the head of an answer decides, or undefined when its body has to. */
const whyUnread = ({ status, headers }: Head, { lengths, listedAs, mayRead }: Wanted): Downloaded | undefined => {
  if (status !== 200) return notCompared(`The link was answered with HTTP status ${status}.`, passes(status));
  if (isEncoded(headers)) return notCompared('The file was sent compressed or otherwise encoded.', false);
  const sizeBytes = announcedBytes(headers);
  if (sizeBytes === 0) return withoutByte;
  if (sizeBytes !== undefined && !lengths.has(sizeBytes))
    return isPage(headers, listedAs)
      ? notCompared('The link led to a page or a message, not to the file.', false)
      : { kind: 'other-length', sizeBytes };
  return mayRead()
    ? undefined
    : notCompared('This look had already downloaded as many whole files as one look may.', false);
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
        return notCompared('The file is longer than any that we know, and its length was not announced.', false);
      for (const digest of digests.values()) digest.update(chunk);
    }
  } catch {
    return cutShort;
  }
  // A body without a marked end also ends without an error when we close its connection.
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

/** No CV is empty, so an empty answer is a fault that may pass. */
const withoutByte = notCompared('The answer to the link was empty.', true);

/** 403: a fresh link may not be valid yet. 408, 429 and 5xx say themselves that they are temporary. */
const passes = (status: number): boolean => [403, 408, 429].includes(status) || status >= 500;

type Headers = Head['headers'];

/** Of all encodings Node decodes `chunked` only; any other changes the bytes. */
const isEncoded = (headers: Headers): boolean =>
  !/^(?:identity)?$/i.test(headers['content-encoding'] ?? '') ||
  !/^(?:chunked)?$/i.test(headers['transfer-encoding'] ?? '');

const announcedBytes = (headers: Headers): number | undefined => {
  const length = headers['content-length'] ?? '';
  return /^\d+$/.test(length) ? Number(length) : undefined;
};

/** Without either header a body ends with its connection, and a broken connection looks the same. */
const hasMarkedEnd = (headers: Headers): boolean =>
  announcedBytes(headers) !== undefined || headers['transfer-encoding'] !== undefined;

/** Formats of login pages and error messages, to which an expired link may lead with status 200. */
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
