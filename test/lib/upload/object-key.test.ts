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
  test('reads a plus as a blank', () => {
    expect(decoded('candidates/GRK1/a+b.pdf')).toBe('candidates/GRK1/a b.pdf');
  });

  test('keeps plus signs in file names', () => {
    expect(decoded('candidates/GRK1/C%2B%2B.pdf')).toBe('candidates/GRK1/C++.pdf');
  });

  test('reads a plus and a real plus in one name', () => {
    expect(decoded('a+%2B+b.pdf')).toBe('a + b.pdf');
  });

  test('keeps a percent sign in a file name', () => {
    expect(decoded('candidates/GRK1/100%25.pdf')).toBe('candidates/GRK1/100%.pdf');
  });

  test('is decoded once, so a name that looks encoded stays as it is', () => {
    expect(decoded('candidates/GRK1/a%252Fb%2520c.pdf')).toBe('candidates/GRK1/a%2Fb%20c.pdf');
  });

  test('reads an emoji', () => {
    expect(decoded('%F0%9F%8C%B1.pdf')).toBe('🌱.pdf');
  });

  test('keeps a composed letter composed', () => {
    expect(decoded('Ren%C3%A9.pdf')).toBe('Ren\u00e9.pdf');
  });

  test('keeps a decomposed letter decomposed, because the key in S3 is', () => {
    expect(decoded('Rene%CC%81.pdf')).toBe('Rene\u0301.pdf');
  });

  test('reads an encoded slash as a slash, as other S3 servers write it', () => {
    expect(decoded('candidates%2FGRK1%2FCV.pdf')).toBe('candidates/GRK1/CV.pdf');
  });

  test('reads 1,024 bytes', () => {
    expect(decoded('%C3%A9'.repeat(512))).toBe('é'.repeat(512));
  });

  test('keeps a leading byte order mark', () => {
    expect(decoded('%EF%BB%BFCV.pdf')).toBe('\ufeffCV.pdf');
  });
});

describe('a malformed key in an event is refused', () => {
  test('for a byte that is not UTF-8', () => {
    expect(decodeEventKey('caf%E9.pdf')).toEqual({
      ok: false,
      error: 'The key in the event has a stray "%" or is not UTF-8 after percent-decoding.',
    });
  });

  test('for a percent sign that begins no byte', () => {
    expect(decoded('%zz.pdf')).toBe('malformed');
  });

  test('for a percent sign that S3 would have encoded', () => {
    expect(decoded('100%.pdf')).toBe('malformed');
  });

  test('for half of a surrogate pair', () => {
    expect(decoded('%ED%A0%80.pdf')).toBe('malformed');
  });

  test('when it is empty', () => {
    expect(decodeEventKey('')).toEqual({
      ok: false,
      error: 'The key in the event is empty.',
    });
  });

  test('and whatever comes, nothing is thrown', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const result = decodeEventKey(text);
        expect(result.ok || result.error.startsWith('The key in the event ')).toBe(true);
      }),
    );
  });
});

describe('a key from elsewhere', () => {
  test('reads a manifest of S3 Batch Operations with either form of a blank', () => {
    expect(decodeBatchKey('Frank+Doe%20C%2B%2B.pdf')).toEqual({ ok: true, value: 'Frank Doe C++.pdf' });
  });

  test('names the manifest when its key is malformed', () => {
    const result = decodeBatchKey('%zz');
    expect(!result.ok && result.error).toContain('The key in the manifest has');
  });

  test('reads a listing with EncodingType=url', () => {
    expect(decodeListingKey('%ED%95%9C%EA%B8%80/a+b%2Bc%28d%29.txt')).toEqual({ ok: true, value: '한글/a b+c(d).txt' });
  });

  test('names the listing when its key is malformed', () => {
    const result = decodeListingKey('caf%E9');
    expect(!result.ok && result.error).toContain('The key in the listing has');
  });
});

describe('encoding as S3 does', () => {
  test('writes a blank as a plus, a plus and a percent sign encoded, and slashes plain', () => {
    expect(encodeEventKey("a b+c%d/e(f)'!*~é.pdf")).toBe('a+b%2Bc%25d/e%28f%29%27%21%2A~%C3%A9.pdf');
  });

  test('encodes what has a meaning in a URL', () => {
    expect(encodeEventKey('a?b#c&d=e:f@g')).toBe('a%3Fb%23c%26d%3De%3Af%40g');
  });

  test('is undone by decoding, for every key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (key) => {
        const wellFormed = key.toWellFormed();
        expect(decodeEventKey(encodeEventKey(wellFormed))).toEqual({ ok: true, value: wellFormed });
      }),
    );
  });
});

describe('a folder marker', () => {
  test('ends in a slash and has no bytes', () => {
    expect(isFolderMarker('candidates/GRK1/', 0)).toBe(true);
  });

  test('is assumed when the size is not known', () => {
    expect(isFolderMarker('candidates/GRK1/')).toBe(true);
  });

  test('is not an object with bytes', () => {
    expect(isFolderMarker('candidates/GRK1/', 12)).toBe(false);
  });

  test('is not a real empty file', () => {
    expect(isFolderMarker('candidates/GRK1/CV.pdf', 0)).toBe(false);
  });
});

describe('a key in a log', () => {
  const templates = (text: string) => {
    const parsed = parseKeyTemplates(text);
    if (!parsed.ok) throw new Error(parsed.error.join(' '));
    return parsed.value;
  };
  const standard = templates('candidates/{candidate_id}/{filename}');

  test('shows the folders that the template accounts for, and of the name its extension', () => {
    expect(maskKey('candidates/8Xi6iZrwusZqJmDGXs49GBmJ/Frank Doe CV.PDF', standard)).toBe(
      'candidates/8Xi6iZrwusZqJmDGXs49GBmJ/•••.pdf',
    );
  });

  test('shows integration and type', () => {
    const all = templates('in/{integration_id}/{application_id}/{type}/{filename}');
    expect(
      maskKey('in/greenhouse:CBNMt7dSNCzBdnRTx87dev4E/26vafvWSRmbhNcxJYqjCzuJg/cover-letter/Frank.docx', all),
    ).toBe('in/greenhouse:CBNMt7dSNCzBdnRTx87dev4E/26vafvWSRmbhNcxJYqjCzuJg/cover-letter/•••.docx');
  });

  test('masks a folder that may be called anything', () => {
    const any = templates('{any}/{candidate_id}/{filename}');
    expect(maskKey('Frank Doe/8Xi6iZrwusZqJmDGXs49GBmJ/CV.pdf', any)).toBe('•••/8Xi6iZrwusZqJmDGXs49GBmJ/•••.pdf');
  });

  test.each([
    ['a name', 'Frank_Doe'],
    ['a name of 24 characters with one that Kombo does not use', 'FrankDoeFrankDoe0rankDoe'],
    ['an id that is one character short', '8Xi6iZrwusZqJmDGXs49GBm'],
    ['an id that is one character long', '8Xi6iZrwusZqJmDGXs49GBmJJ'],
    ['an id of the local stack', 'revoked1'],
  ])('masks what stands in the place of an id and does not have the form of one of Kombo: %s', (_, id) => {
    expect(maskKey(`candidates/${id}/CV.pdf`, standard)).toBe('candidates/•••/•••.pdf');
    expect(maskId(id)).toBe('•••');
    expect(maskNames(`candidates/${id}/CV.pdf`, standard)).toBe(`candidates/${id}/•••.pdf`);
  });

  test.each([
    ['a name', 'frank:doe'],
    ['a tool in capitals', 'Frank:8Xi6iZrwusZqJmDGXs49GBmJ'],
    ['an id that is no id', 'greenhouse:frank-doe'],
    ['more than two parts', 'greenhouse:8Xi6iZrwusZqJmDGXs49GBmJ:frank'],
    ['no tool', '8Xi6iZrwusZqJmDGXs49GBmJ'],
  ])('masks what stands in the place of an integration and does not have its form: %s', (_, id) => {
    const all = templates('in/{integration_id}/{application_id}/{filename}');
    expect(maskIntegrationId(id)).toBe('•••');
    expect(maskKey(`in/${id}/26vafvWSRmbhNcxJYqjCzuJg/CV.pdf`, all)).not.toContain(id);
  });

  test('shows the lane of everything behind the API key', () => {
    expect(maskIntegrationId('*')).toBe('*');
  });

  test('masks every folder when no template fits, even one that looks like an id', () => {
    expect(maskKey('candidates/frank-doe/2026/CV.pdf', standard)).toBe('•••/•••/•••/•••.pdf');
  });

  test('masks every folder when there are no templates', () => {
    expect(maskKey('candidates/8Xi6iZrwusZqJmDGXs49GBmJ/CV.pdf')).toBe('•••/•••/•••.pdf');
  });

  test('masks the end of a name that only looks like an extension', () => {
    expect(maskKey('candidates/8Xi6iZrwusZqJmDGXs49GBmJ/frank.doe', standard)).toBe(
      'candidates/8Xi6iZrwusZqJmDGXs49GBmJ/•••',
    );
  });

  test('masks a name without an extension', () => {
    expect(maskKey('candidates/8Xi6iZrwusZqJmDGXs49GBmJ/Frank', standard)).toBe(
      'candidates/8Xi6iZrwusZqJmDGXs49GBmJ/•••',
    );
  });

  test('keeps empty segments visible, because they are why nothing fits', () => {
    expect(maskKey('/candidates//8Xi6iZrwusZqJmDGXs49GBmJ/', standard)).toBe('/•••//•••/');
  });

  test('never shows the name, whatever it is', () => {
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
