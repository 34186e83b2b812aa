import { describe, expect, test } from 'vitest';
import { checkContentEncoding } from '../../../lib/content-type/decide.ts';

describe('a Content-Encoding', () => {
  test.each([
    undefined,
    '',
    ' ',
    'aws-chunked',
    'aws-chunked,',
    ',aws-chunked',
    'AWS-Chunked',
    'identity',
    'identity, aws-chunked',
  ])('a Content-Encoding of %j does not change the bytes', (value) => {
    expect(checkContentEncoding(value)).toEqual({ ok: true, value: undefined });
  });

  test.each(['gzip', 'GZIP', 'aws-chunked,gzip', 'gzip, aws-chunked', 'br', 'x-unheard-of'])(
    'a Content-Encoding of %j is refused',
    (value) => {
      expect(checkContentEncoding(value)).toEqual({
        ok: false,
        error: { code: 'CONTENT_ENCODED', detail: 'The object has a Content-Encoding such as gzip.' },
      });
    },
  );
});
