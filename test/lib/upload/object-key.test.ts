import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseKeyTemplates } from '../../../lib/key-template/match-key.ts';
import { maskId, maskIntegrationId, maskKey, maskNames } from '../../../lib/telemetry/mask-key.ts';
import {
  decodeBatchKey,
  decodeEventKey,
  decodeListingKey,
  encodeEventKey,
  isFolderMarker,
} from '../../../lib/upload/object-key.ts';

const decoded = (encoded: string): string => {
  const result = decodeEventKey(encoded);
  return result.ok ? result.value : 'malformed';
};

describe('a key in an event', () => {
  test.each([
    ['a plus is a space', 'candidates/GRK1/a+b.pdf', 'candidates/GRK1/a b.pdf'],
    ['an encoded plus is a plus', 'candidates/GRK1/C%2B%2B.pdf', 'candidates/GRK1/C++.pdf'],
    ['a space and a real plus are told apart', 'a+%2B+b.pdf', 'a + b.pdf'],
    ['an encoded percent sign is a percent sign', 'candidates/GRK1/100%25.pdf', 'candidates/GRK1/100%.pdf'],
    ['a name that looks encoded stays so, because it is decoded once', 'a%252Fb%2520c.pdf', 'a%2Fb%20c.pdf'],
    ['an emoji is read', '%F0%9F%8C%B1.pdf', '🌱.pdf'],
    ['a composed letter stays composed', 'Ren%C3%A9.pdf', 'Ren\u00e9.pdf'],
    ['a decomposed letter stays decomposed, because the key in S3 is', 'Rene%CC%81.pdf', 'Rene\u0301.pdf'],
    ['an encoded slash is a slash, as other S3 servers write it', 'in%2FGRK1%2FCV.pdf', 'in/GRK1/CV.pdf'],
    ['1,024 bytes are read', '%C3%A9'.repeat(512), 'é'.repeat(512)],
    ['a leading byte order mark is kept', '%EF%BB%BFCV.pdf', '\ufeffCV.pdf'],
  ])('in the key of an event %s', (_, encoded, key) => {
    expect(decoded(encoded)).toBe(key);
  });
});

describe('a malformed key in an event', () => {
  test('the key of an event with a byte that is not UTF-8 is refused', () => {
    expect(decodeEventKey('caf%E9.pdf')).toEqual({
      ok: false,
      error: 'The key in the event has a stray "%" or is not UTF-8 after percent-decoding.',
    });
  });

  test.each([
    ['an incomplete percent sign', '%zz.pdf'],
    ['a percent sign that S3 would have encoded', '100%.pdf'],
    ['half of a surrogate pair', '%ED%A0%80.pdf'],
  ])('the key of an event with %s is refused', (_, encoded) => {
    expect(decoded(encoded)).toBe('malformed');
  });

  test('an empty key in an event is refused', () => {
    expect(decodeEventKey('')).toEqual({
      ok: false,
      error: 'The key in the event is empty.',
    });
  });

  test('any key in an event is decoded without an exception', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const result = decodeEventKey(text);
        expect(result.ok || result.error.startsWith('The key in the event ')).toBe(true);
      }),
    );
  });
});

describe('a key from elsewhere', () => {
  test('a key in a manifest of S3 Batch Operations is read with either form of a space', () => {
    expect(decodeBatchKey('Frank+Doe%20C%2B%2B.pdf')).toEqual({ ok: true, value: 'Frank Doe C++.pdf' });
  });

  test('a malformed key in a manifest is reported with the manifest', () => {
    const result = decodeBatchKey('%zz');
    expect(!result.ok && result.error).toContain('The key in the manifest has');
  });

  test('a key in a listing with EncodingType=url is read', () => {
    expect(decodeListingKey('%ED%95%9C%EA%B8%80/a+b%2Bc%28d%29.txt')).toEqual({ ok: true, value: '한글/a b+c(d).txt' });
  });

  test('a malformed key in a listing is reported with the listing', () => {
    const result = decodeListingKey('caf%E9');
    expect(!result.ok && result.error).toContain('The key in the listing has');
  });
});

describe('encoding a key as S3 does', () => {
  test('an encoded key has plus for a space, an encoded plus and percent sign, and plain slashes', () => {
    expect(encodeEventKey("a b+c%d/e(f)'!*~é.pdf")).toBe('a+b%2Bc%25d/e%28f%29%27%21%2A~%C3%A9.pdf');
  });

  test('an encoded key has every character encoded that has a meaning in a URL', () => {
    expect(encodeEventKey('a?b#c&d=e:f@g')).toBe('a%3Fb%23c%26d%3De%3Af%40g');
  });

  test('decoding an encoded key returns the same key, for every key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (key) => {
        const wellFormed = key.toWellFormed();
        expect(decodeEventKey(encodeEventKey(wellFormed))).toEqual({ ok: true, value: wellFormed });
      }),
    );
  });
});

test.each([
  ['a key that ends with a slash is a folder marker when it has no bytes', 'candidates/GRK1/', 0, true],
  ['a key that ends with a slash is a folder marker when its size is unknown', 'candidates/GRK1/', undefined, true],
  ['a key that ends with a slash is not a folder marker when it has bytes', 'candidates/GRK1/', 12, false],
  ['an empty file is not a folder marker', 'candidates/GRK1/CV.pdf', 0, false],
])('%s', (_, key, sizeBytes, expected) => {
  expect(isFolderMarker(key, sizeBytes)).toBe(expected);
});

describe('a key in a log', () => {
  const templates = (text: string) => {
    const parsed = parseKeyTemplates(text);
    if (!parsed.ok) throw new Error(parsed.error.join(' '));
    return parsed.value;
  };
  const standard = templates('candidates/{candidate_id}/{filename}');

  test('a key in a log shows the folders that the template defines, and only the extension of the name', () => {
    expect(maskKey('candidates/8Xi6iZrwusZqJmDGXs49GBmJ/Frank Doe CV.PDF', standard)).toBe(
      'candidates/8Xi6iZrwusZqJmDGXs49GBmJ/•••.pdf',
    );
  });

  test('a key in a log shows integration and type', () => {
    const all = templates('in/{integration_id}/{application_id}/{type}/{filename}');
    expect(
      maskKey('in/greenhouse:CBNMt7dSNCzBdnRTx87dev4E/26vafvWSRmbhNcxJYqjCzuJg/cover-letter/Frank.docx', all),
    ).toBe('in/greenhouse:CBNMt7dSNCzBdnRTx87dev4E/26vafvWSRmbhNcxJYqjCzuJg/cover-letter/•••.docx');
  });

  test('a folder of a key that may have any name is masked in a log', () => {
    const any = templates('{any}/{candidate_id}/{filename}');
    expect(maskKey('Frank Doe/8Xi6iZrwusZqJmDGXs49GBmJ/CV.pdf', any)).toBe('•••/8Xi6iZrwusZqJmDGXs49GBmJ/•••.pdf');
  });

  test.each([
    ['a name', 'Frank_Doe'],
    ['a name of 24 characters with one that Kombo does not use', 'FrankDoeFrankDoe0rankDoe'],
    ['an id that is one character too short', '8Xi6iZrwusZqJmDGXs49GBm'],
    ['an id that is one character too long', '8Xi6iZrwusZqJmDGXs49GBmJJ'],
    ['an id of the local stack', 'revoked1'],
  ])("a segment of a key that should be an id but is not in Kombo's form is masked in a log: %s", (_, id) => {
    expect(maskKey(`candidates/${id}/CV.pdf`, standard)).toBe('candidates/•••/•••.pdf');
    expect(maskId(id)).toBe('•••');
    expect(maskNames(`candidates/${id}/CV.pdf`, standard)).toBe(`candidates/${id}/•••.pdf`);
  });

  test.each([
    ['a name', 'frank:doe'],
    ['a tool in capitals', 'Frank:8Xi6iZrwusZqJmDGXs49GBmJ'],
    ['an invalid id', 'greenhouse:frank-doe'],
    ['more than two parts', 'greenhouse:8Xi6iZrwusZqJmDGXs49GBmJ:frank'],
    ['no tool', '8Xi6iZrwusZqJmDGXs49GBmJ'],
  ])('a segment of a key that should be an integration but does not have its form is masked in a log: %s', (_, id) => {
    const all = templates('in/{integration_id}/{application_id}/{filename}');
    expect(maskIntegrationId(id)).toBe('•••');
    expect(maskKey(`in/${id}/26vafvWSRmbhNcxJYqjCzuJg/CV.pdf`, all)).not.toContain(id);
  });

  test('the lane of everything behind the API key is not masked in a log', () => {
    expect(maskIntegrationId('*')).toBe('*');
  });

  test('every folder of a key is masked in a log when no template matches, even one that looks like an id', () => {
    expect(maskKey('candidates/frank-doe/2026/CV.pdf', standard)).toBe('•••/•••/•••/•••.pdf');
  });

  test('every folder of a key is masked in a log when there are no templates', () => {
    expect(maskKey('candidates/8Xi6iZrwusZqJmDGXs49GBmJ/CV.pdf')).toBe('•••/•••/•••.pdf');
  });

  test.each([
    ['the end of a name that only looks like an extension', 'frank.doe'],
    ['a name without an extension', 'Frank'],
  ])('%s is masked in a log', (_, name) => {
    expect(maskKey(`candidates/8Xi6iZrwusZqJmDGXs49GBmJ/${name}`, standard)).toBe(
      'candidates/8Xi6iZrwusZqJmDGXs49GBmJ/•••',
    );
  });

  test('empty segments of a key stay visible in a log, because they are why no template matches', () => {
    expect(maskKey('/candidates//8Xi6iZrwusZqJmDGXs49GBmJ/', standard)).toBe('/•••//•••/');
  });

  test('a name is never shown in a log, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        fc.pre(!name.includes('/'));
        expect(maskKey(`candidates/8Xi6iZrwusZqJmDGXs49GBmJ/${name}.pdf`, standard)).toBe(
          'candidates/8Xi6iZrwusZqJmDGXs49GBmJ/•••.pdf',
        );
      }),
    );
  });
});
