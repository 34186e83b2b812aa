import { fail, ok, type Result } from '../result.ts';

/** `aws-chunked` describes a finished upload; `identity` and empty tokens mean nothing. */
const harmless: ReadonlySet<string> = new Set(['', 'identity', 'aws-chunked']);

/**
 * Rejects an object that is stored compressed: recruiters would get compressed bytes under a document's name. Fails
 * with CONTENT_ENCODED.
 * @param value S3's Content-Encoding
 */
export const checkContentEncoding = (value: string | undefined): Result<void> => {
  const tokens = (value ?? '').split(',').map((token) => token.trim().toLowerCase());
  return tokens.every((token) => harmless.has(token))
    ? ok(undefined)
    : fail('CONTENT_ENCODED', 'The object has a Content-Encoding such as gzip.');
};
