import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attachmentName } from '../../../lib/attachment/name.ts';

const length = (name: string): number => [...name].length;

describe('the name of an attachment', () => {
  test.each([
    ['is the last segment of the key', 'Frank Doe CV.pdf', 'Frank Doe CV.pdf'],
    ['keeps plus and percent signs, and the case of its extension', 'C++ 100% a%2Fb.PDF', 'C++ 100% a%2Fb.PDF'],
    ['keeps emoji and letters of any script', '履歴書 🌱 Doe.docx', '履歴書 🌱 Doe.docx'],
    ['is composed to NFC', 'Rene\u0301.pdf', 'Ren\u00e9.pdf'],
    ['is composed after a character inside a letter is removed', 'Rene\u200b\u0301.pdf', 'Ren\u00e9.pdf'],
    ['has no control characters', 'Frank\u0000\r\n\t\u007f\u0085Doe.pdf', 'FrankDoe.pdf'],
    ['has no characters that disguise an extension by the direction', 'Frank\u202efdp\u2066.exe', 'Frankfdp.exe'],
    ['has no zero-width characters', '\ufeffFr\u200ba\u200cn\u200dk\u2060.pdf', 'Frank.pdf'],
    ['has no dots and spaces at its ends', '  .Frank Doe .pdf. ', 'Frank Doe.pdf'],
    ['has a replacement for half of a surrogate pair', 'Frank\ud83c.pdf', 'Frank\ufffd.pdf'],
    ['is a plain one with its extension when nothing else is left', '\u202e\u200b.pdf', 'attachment.pdf'],
    ['is a plain one with its extension when it was only an extension', '.pdf', 'attachment.pdf'],
    ['is a plain one when nothing is left', '...', 'attachment'],
  ])('the name of an attachment %s', (_, filename, name) => {
    expect(attachmentName(filename)).toBe(name);
  });

  test('path separators are removed from a name', () => {
    expect(attachmentName('..\\..\\CV.pdf')).toBe('CV.pdf');
    expect(attachmentName('a', { metadataFilename: '../../etc/CV 1/2.pdf' })).toBe('etcCV 12.pdf');
  });

  test('the name comes from the key when the metadata is empty', () => {
    expect(attachmentName('CV.pdf', { metadataFilename: '\u200b' })).toBe('CV.pdf');
  });
});

describe('a name from user metadata', () => {
  test.each([
    ['takes precedence over the key', '0001.pdf', 'Frank Doe.pdf', 'Frank Doe.pdf'],
    ['is decoded', '0001.pdf', '=?UTF-8?B?UmVuw6kgRG9lLnBkZg==?=', 'René Doe.pdf'],
    ['is cleaned after it is decoded', '0001.pdf', '=?UTF-8?Q?a=2Fb=E2=80=AEc.pdf?=', 'abc.pdf'],
    ['that cannot be decoded is replaced by that of the key', '0001.pdf', '=?UTF-8?Q?Ren=E9.pdf?=', '0001.pdf'],
    ['without an extension gets that of the key', '0001.PDF', 'Frank Doe', 'Frank Doe.PDF'],
    ['whose end only looks like an extension gets that of the key', '0001.pdf', 'frank.doe', 'frank.doe.pdf'],
    ['keeps its own extension', '0001.pdf', 'Frank Doe.docx', 'Frank Doe.docx'],
  ])('a name in the user metadata %s', (_, filename, metadataFilename, name) => {
    expect(attachmentName(filename, { metadataFilename })).toBe(name);
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
