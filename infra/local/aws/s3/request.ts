import type { IncomingMessage } from 'node:http';
import type { Headers, S3Request } from './call.ts';
import { linkHeaders } from './presigned.ts';
import { invalidArgument, S3Error } from './s3-error.ts';

/**
 * The raw target is split by hand: URL resolves "k/a/../b" to "k/b", but for S3 these are two keys.
 * @throws {S3Error} InvalidURI, KeyTooLongError
 */
export const parseRequest = (message: IncomingMessage, startBody: () => void): S3Request => {
  const [path = '/', ...queries] = (message.url ?? '/').split('?');
  if (!path.startsWith('/')) throw new S3Error('InvalidURI');
  const end = path.indexOf('/', 1);
  const query = parseQuery(queries.join('?'));
  return {
    method: message.method ?? 'GET',
    path,
    bucket: percentDecode(end === -1 ? path.slice(1) : path.slice(1, end)),
    key: end === -1 ? '' : checkedKey(percentDecode(path.slice(end + 1))),
    query,
    headers: { ...linkHeaders(query), ...(message.headers as Headers) },
    body: () => {
      startBody();
      // Otherwise, an iterator that ends early would close the connection before the answer is sent.
      return message.iterator({ destroyOnReturn: false });
    },
  };
};

export const partNumberOf = (query: ReadonlyMap<string, string>): number => {
  const text = query.get('partNumber') ?? '';
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 10_000) return Number(text);
  throw invalidArgument('partNumber', text, 'Part number must be an integer between 1 and 10000, inclusive');
};

/** @see Amazon S3 User Guide, "Naming Amazon S3 objects": at most 1,024 bytes of UTF-8 */
const maxKeyBytes = 1_024;

export const checkedKey = (key: string): string => {
  const bytes = Buffer.byteLength(key);
  if (bytes <= maxKeyBytes) return key;
  throw new S3Error('KeyTooLongError', { elements: { Size: bytes, MaxSizeAllowed: maxKeyBytes } });
};

/** A byte order mark at the start of a key is part of the key. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Node returns the bytes of a target or header as Latin-1; a "+" is not decoded. */
export const percentDecode = (raw: string): string => {
  if (/%(?![0-9a-f]{2})/i.test(raw)) throw new S3Error('InvalidURI');
  const bytes = raw.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    throw new S3Error('InvalidURI');
  }
};

/** In queries and in the tagging header, a "+" is a space. */
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
