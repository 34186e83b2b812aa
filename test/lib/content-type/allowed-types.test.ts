import { describe, expect, test } from 'vitest';
import { defaultAllowedTypes, parseAllowedTypes } from '../../../lib/content-type/decide.ts';

const read = (text: string) => {
  const parsed = parseAllowedTypes(text);
  return parsed.ok ? [...parsed.value] : { faults: parsed.error };
};

describe('the allowed types', () => {
  test('eight types are allowed by default', () => {
    expect(read(defaultAllowedTypes)).toEqual([
      'application/pdf',
      'application/msword',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      'application/vnd.oasis.opendocument.text',
      'application/rtf',
      'text/plain',
      'image/png',
      'image/jpeg',
    ]);
  });

  test('allowed types may be extensions with a dot, in capitals, with spaces and with an extra comma', () => {
    expect(read(' .PDF , png,')).toEqual(['application/pdf', 'image/png']);
  });

  test('allowed types may be MIME types, under other names and with parameters', () => {
    expect(read('text/rtf, Text/CSV;charset=utf-8')).toEqual(['application/rtf', 'text/csv']);
  });

  test('jpg and jpeg count as one allowed type', () => {
    expect(read('jpg,jpeg,image/jpg')).toEqual(['image/jpeg']);
  });

  test('a type that has no entry here may be allowed', () => {
    expect(read('application/x-example')).toEqual(['application/x-example']);
  });
});

describe('bad lists of allowed types', () => {
  test('a bad list of allowed types is refused with every error in it', () => {
    expect(read('pdf,example,p.df,image/svg+xml,svg,image/*,a+b/pdf')).toEqual({
      faults: [
        '"example" is not a known extension; write its MIME type, such as "application/vnd.lotus-wordpro".',
        '"p.df" is not a known extension; write its MIME type, such as "application/vnd.lotus-wordpro".',
        '"image/svg+xml" is a type that Kombo does not accept as content_type.',
        '"svg" is a type that Kombo does not accept as content_type.',
        '"image/*" is a type that Kombo does not accept as content_type.',
        '"a+b/pdf" is a type that Kombo does not accept as content_type.',
      ],
    });
  });

  test.each(['', ' ', ',', ' , '])('a list of allowed types that names none is refused: "%s"', (text) => {
    expect(read(text)).toEqual({ faults: ['It names no type, so no file could ever be sent.'] });
  });
});
