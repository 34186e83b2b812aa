import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attachmentName } from '../../../lib/attachment/name.ts';

const length = (name: string): number => [...name].length;

describe('the name of an attachment', () => {
  test('the name of an attachment is the last segment of the key', () => {
    expect(attachmentName('Frank Doe CV.pdf')).toBe('Frank Doe CV.pdf');
  });

  test('a name keeps plus and percent signs, and the case of its extension', () => {
    expect(attachmentName('C++ 100% a%2Fb.PDF')).toBe('C++ 100% a%2Fb.PDF');
  });

  test('a name keeps emoji and letters of any script', () => {
    expect(attachmentName('履歴書 🌱 Doe.docx')).toBe('履歴書 🌱 Doe.docx');
  });

  test('a name is composed to NFC', () => {
    expect(attachmentName('Rene\u0301.pdf')).toBe('Ren\u00e9.pdf');
  });

  test('a name is composed to NFC after a character between the two parts of a letter is removed', () => {
    expect(attachmentName('Rene\u200b\u0301.pdf')).toBe('Ren\u00e9.pdf');
  });

  test('control characters are removed from a name', () => {
    expect(attachmentName('Frank\u0000\r\n\t\u007f\u0085Doe.pdf')).toBe('FrankDoe.pdf');
  });

  test('characters that change the text direction and disguise an extension are removed from a name', () => {
    expect(attachmentName('Frank\u202efdp\u2066.exe')).toBe('Frankfdp.exe');
  });

  test('zero-width characters are removed from a name', () => {
    expect(attachmentName('\ufeffFr\u200ba\u200cn\u200dk\u2060.pdf')).toBe('Frank.pdf');
  });

  test('path separators are removed from a name', () => {
    expect(attachmentName('..\\..\\CV.pdf')).toBe('CV.pdf');
    expect(attachmentName('a', { metadataFilename: '../../etc/CV 1/2.pdf' })).toBe('etcCV 12.pdf');
  });

  test('dots and spaces at both ends of a name are removed', () => {
    expect(attachmentName('  .Frank Doe .pdf. ')).toBe('Frank Doe.pdf');
  });

  test('half of a surrogate pair in a name is replaced', () => {
    expect(attachmentName('Frank\ud83c.pdf')).toBe('Frank\ufffd.pdf');
  });
});

describe('a name that is empty after cleaning', () => {
  test('a name that is empty after cleaning becomes a plain one with its extension', () => {
    expect(attachmentName('\u202e\u200b.pdf')).toBe('attachment.pdf');
  });

  test('a name that was only an extension becomes a plain one with it', () => {
    expect(attachmentName('.pdf')).toBe('attachment.pdf');
  });

  test('a name that is empty after cleaning and has no extension becomes a plain one', () => {
    expect(attachmentName('...')).toBe('attachment');
  });

  test('the name comes from the key when the metadata is empty', () => {
    expect(attachmentName('CV.pdf', { metadataFilename: '\u200b' })).toBe('CV.pdf');
  });
});

describe('a name from user metadata', () => {
  test('a name in the user metadata takes precedence over the key', () => {
    expect(attachmentName('0001.pdf', { metadataFilename: 'Frank Doe.pdf' })).toBe('Frank Doe.pdf');
  });

  test('a name in the user metadata is decoded', () => {
    expect(attachmentName('0001.pdf', { metadataFilename: '=?UTF-8?B?UmVuw6kgRG9lLnBkZg==?=' })).toBe('René Doe.pdf');
  });

  test('a name in the user metadata is cleaned after it is decoded', () => {
    expect(attachmentName('0001.pdf', { metadataFilename: '=?UTF-8?Q?a=2Fb=E2=80=AEc.pdf?=' })).toBe('abc.pdf');
  });

  test('the key gives the name when the name in the user metadata cannot be decoded', () => {
    expect(attachmentName('0001.pdf', { metadataFilename: '=?UTF-8?Q?Ren=E9.pdf?=' })).toBe('0001.pdf');
  });

  test('a name in the user metadata without an extension gets that of the key', () => {
    expect(attachmentName('0001.PDF', { metadataFilename: 'Frank Doe' })).toBe('Frank Doe.PDF');
  });

  test('a name in the user metadata whose end only looks like an extension gets that of the key', () => {
    expect(attachmentName('0001.pdf', { metadataFilename: 'frank.doe' })).toBe('frank.doe.pdf');
  });

  test('a name in the user metadata keeps its own extension', () => {
    expect(attachmentName('0001.pdf', { metadataFilename: 'Frank Doe.docx' })).toBe('Frank Doe.docx');
  });
});

describe('a name without an extension', () => {
  test('a name without an extension gets that of its type', () => {
    expect(attachmentName('Frank Doe', { contentType: 'application/pdf' })).toBe('Frank Doe.pdf');
  });

  test('a name without an extension stays as it is when its type has none', () => {
    expect(attachmentName('Frank Doe', { contentType: 'application/x-example' })).toBe('Frank Doe');
  });

  test('a name that has an extension does not get another one', () => {
    expect(attachmentName('CV.doc', { contentType: 'application/rtf' })).toBe('CV.doc');
  });
});

describe('a long name', () => {
  test('a name of 200 characters stays as it is', () => {
    const name = `${'a'.repeat(196)}.pdf`;
    expect(attachmentName(name)).toBe(name);
  });

  test('a long name is cut before its extension', () => {
    expect(attachmentName(`${'a'.repeat(197)}.pdf`)).toBe(`${'a'.repeat(196)}.pdf`);
  });

  test('the length of a name is counted in characters, and no emoji is cut in half', () => {
    expect(attachmentName(`${'🌱'.repeat(300)}.pdf`)).toBe(`${'🌱'.repeat(196)}.pdf`);
  });

  test('a space that ends up last when a long name is cut is removed', () => {
    expect(attachmentName(`${'a'.repeat(195)} bcd.pdf`)).toBe(`${'a'.repeat(195)}.pdf`);
  });
});

describe('for every name and metadata', () => {
  const names = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc
      .tuple(fc.string({ unit: 'grapheme', maxLength: 260 }), fc.constantFrom('.pdf', '.DOCX', '', '.', '.doe'))
      .map(([stem, end]) => stem + end),
  );
  const options = fc.record(
    { metadataFilename: names, token: fc.constant('1a2b3c4d'), contentType: fc.constant('application/pdf') },
    { requiredKeys: [] },
  );

  test('any name has 1 to 200 characters', () => {
    fc.assert(
      fc.property(names, options, (filename, given) => {
        const name = attachmentName(filename, given);
        expect(length(name)).toBeGreaterThan(0);
        expect(length(name)).toBeLessThanOrEqual(200);
      }),
    );
  });

  test('any name is composed and has no separator, control or invisible character', () => {
    fc.assert(
      fc.property(names, options, (filename, given) => {
        const name = attachmentName(filename, given);
        expect(name).not.toMatch(/[/\\\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/);
        expect(name).toBe(name.normalize('NFC'));
        expect(name.isWellFormed()).toBe(true);
      }),
    );
  });

  test('cleaning a cleaned name changes nothing', () => {
    fc.assert(
      fc.property(names, (filename) => {
        const name = attachmentName(filename);
        expect(attachmentName(name)).toBe(name);
      }),
    );
  });
});
