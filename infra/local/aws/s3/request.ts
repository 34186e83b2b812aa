import type { IncomingMessage } from 'node:http';
import { S3Error } from './s3-error.ts';

export interface S3Request {
  readonly method: string;
  /** As it was sent. */
  readonly path: string;
  /** '' asks for the list of buckets. */
  readonly bucket: string;
  /** '' means the bucket itself. */
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly message: IncomingMessage;
  /** Lets a client that sent `Expect: 100-continue` send its body. */
  readonly allowBody: () => void;
}

/**
 * The raw target is split by hand: URL resolves "k/a/../b" to "k/b", and to S3 these are two keys.
 * @throws {S3Error} InvalidURI, KeyTooLongError
 */
export const parseRequest = (message: IncomingMessage, allowBody: () => void): S3Request => {
  const [path = '/', ...queries] = (message.url ?? '/').split('?');
  if (!path.startsWith('/')) throw new S3Error('InvalidURI');
  const end = path.indexOf('/', 1);
  return {
    method: message.method ?? 'GET',
    path,
    bucket: percentDecode(end === -1 ? path.slice(1) : path.slice(1, end)),
    key: end === -1 ? '' : checkedKey(percentDecode(path.slice(end + 1))),
    query: parseQuery(queries.join('?')),
    headers: headersOf(message),
    message,
    allowBody,
  };
};

/** Node joins repeated headers with a comma and a space; S3 has metadata without the space. */
const headersOf = ({ headers, headersDistinct }: IncomingMessage): S3Request['headers'] =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      name.startsWith('x-amz-meta-') ? headersDistinct[name]?.join(',') : value?.toString(),
    ]),
  );

export const partNumberOf = (query: ReadonlyMap<string, string>): number => {
  const text = query.get('partNumber') ?? '';
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 10_000) return Number(text);
  const elements = { ArgumentName: 'partNumber', ArgumentValue: text };
  const message = 'Part number must be an integer between 1 and 10000, inclusive';
  throw new S3Error('InvalidArgument', { message, elements });
};

/** @see Amazon S3 User Guide, "Naming Amazon S3 objects": at most 1,024 bytes of UTF-8 */
const maxKeyBytes = 1_024;

export const checkedKey = (key: string): string => {
  const bytes = Buffer.byteLength(key);
  if (bytes <= maxKeyBytes) return key;
  throw new S3Error('KeyTooLongError', {
    elements: { Size: String(bytes), MaxSizeAllowed: String(maxKeyBytes) },
  });
};

/** A byte order mark at the start of a key belongs to the key. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Node gives the bytes of a target or header as Latin-1; a "+" stays one. */
export const percentDecode = (raw: string): string => {
  if (/%(?![0-9a-f]{2})/i.test(raw)) throw new S3Error('InvalidURI');
  const bytes = raw.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    throw new S3Error('InvalidURI');
  }
};

/** In queries, and in the tags of a header, a "+" is a space. */
export const parseQuery = (query: string): ReadonlyMap<string, string> =>
  new Map(
    query
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const [name = '', ...value] = pair.replaceAll('+', ' ').split('=');
        return [percentDecode(name), percentDecode(value.join('='))];
      }),
  );
