import { fail, ok, type Result } from '../result.ts';

/** aws-chunked describes an upload that is over; identity and empty tokens say nothing. */
const harmless: ReadonlySet<string> = new Set(['', 'identity', 'aws-chunked']);

/**
 * Refuses an object that S3 holds compressed: its bytes would reach the recruiter compressed under a document's name.
 * Fails with CONTENT_ENCODED.
 * @param value S3's Content-Encoding
 */
export const checkContentEncoding = (value: string | undefined): Result<void> => {
  const tokens = (value ?? '').split(',').map((token) => token.trim().toLowerCase());
  return tokens.every((token) => harmless.has(token))
    ? ok(undefined)
    : fail('CONTENT_ENCODED', 'The object has a Content-Encoding such as gzip.');
};
