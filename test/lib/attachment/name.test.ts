import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attachmentName } from '../../../lib/attachment/name.ts';

const length = (name: string): number => [...name].length;

describe('the name of an attachment', () => {
  test('is the last segment of the key', () => {
    expect(attachmentName('Frank Doe CV.pdf')).toBe('Frank Doe CV.pdf');
  });

  test('keeps plus and percent signs, and the case of its extension', () => {
    expect(attachmentName('C++ 100% a%2Fb.PDF')).toBe('C++ 100% a%2Fb.PDF');
  });

  test('keeps emoji and letters of any script', () => {
    expect(attachmentName('履歴書 🌱 Doe.docx')).toBe('履歴書 🌱 Doe.docx');
  });

  test('is composed', () => {
    expect(attachmentName('Rene\u0301.pdf')).toBe('Ren\u00e9.pdf');
  });

  test('is composed after a character between two parts of a letter is gone', () => {
    expect(attachmentName('Rene\u200b\u0301.pdf')).toBe('Ren\u00e9.pdf');
  });

  test('loses control characters', () => {
    expect(attachmentName('Frank\u0000\r\n\t\u007f\u0085Doe.pdf')).toBe('FrankDoe.pdf');
  });

  test('loses characters that turn the direction of text and disguise an extension', () => {
    expect(attachmentName('Frank\u202efdp\u2066.exe')).toBe('Frankfdp.exe');
  });

  test('loses zero-width characters', () => {
    expect(attachmentName('\ufeffFr\u200ba\u200cn\u200dk\u2060.pdf')).toBe('Frank.pdf');
  });

  test('loses path separators', () => {
    expect(attachmentName('..\\..\\CV.pdf')).toBe('CV.pdf');
    expect(attachmentName('a', { metadataFilename: '../../etc/CV 1/2.pdf' })).toBe('etcCV 12.pdf');
  });

  test('loses dots and blanks at its ends', () => {
    expect(attachmentName('  .Frank Doe .pdf. ')).toBe('Frank Doe.pdf');
  });

  test('replaces half of a surrogate pair', () => {
    expect(attachmentName('Frank\ud83c.pdf')).toBe('Frank\ufffd.pdf');
  });
});

describe('a name of which nothing is left', () => {
  test('becomes plain, with its extension', () => {
    expect(attachmentName('\u202e\u200b.pdf')).toBe('attachment.pdf');
  });

  test('becomes plain when it was only an extension', () => {
    expect(attachmentName('.pdf')).toBe('attachment.pdf');
  });

  test('becomes plain without an extension', () => {
    expect(attachmentName('...')).toBe('attachment');
  });

  test('takes the name from the key when the metadata is empty', () => {
    expect(attachmentName('CV.pdf', { metadataFilename: '\u200b' })).toBe('CV.pdf');
  });
});

describe('a name from user metadata', () => {
  test('outweighs the key', () => {
    expect(attachmentName('0001.pdf', { metadataFilename: 'Frank Doe.pdf' })).toBe('Frank Doe.pdf');
  });

  test('is decoded', () => {
    expect(attachmentName('0001.pdf', { metadataFilename: '=?UTF-8?B?UmVuw6kgRG9lLnBkZg==?=' })).toBe('René Doe.pdf');
  });

  test('is cleaned after it is decoded', () => {
    expect(attachmentName('0001.pdf', { metadataFilename: '=?UTF-8?Q?a=2Fb=E2=80=AEc.pdf?=' })).toBe('abc.pdf');
  });

  test('that cannot be decoded gives way to the key', () => {
    expect(attachmentName('0001.pdf', { metadataFilename: '=?UTF-8?Q?Ren=E9.pdf?=' })).toBe('0001.pdf');
  });

  test('borrows the extension of the key', () => {
    expect(attachmentName('0001.PDF', { metadataFilename: 'Frank Doe' })).toBe('Frank Doe.PDF');
  });

  test('borrows the extension of the key when its own end only looks like one', () => {
    expect(attachmentName('0001.pdf', { metadataFilename: 'frank.doe' })).toBe('frank.doe.pdf');
  });

  test('keeps its own extension', () => {
    expect(attachmentName('0001.pdf', { metadataFilename: 'Frank Doe.docx' })).toBe('Frank Doe.docx');
  });
});

describe('a name without an extension', () => {
  test('gets that of its type', () => {
    expect(attachmentName('Frank Doe', { contentType: 'application/pdf' })).toBe('Frank Doe.pdf');
  });

  test('stays when nobody knows the type', () => {
    expect(attachmentName('Frank Doe', { contentType: 'application/vnd.wordperfect' })).toBe('Frank Doe');
  });

  test('gets none when it has one', () => {
    expect(attachmentName('CV.doc', { contentType: 'application/rtf' })).toBe('CV.doc');
  });
});

describe('a long name', () => {
  test('of 200 characters stays', () => {
    const name = `${'a'.repeat(196)}.pdf`;
    expect(attachmentName(name)).toBe(name);
  });

  test('is cut before its extension', () => {
    expect(attachmentName(`${'a'.repeat(197)}.pdf`)).toBe(`${'a'.repeat(196)}.pdf`);
  });

  test('is counted in characters, and no emoji is cut in half', () => {
    expect(attachmentName(`${'🌱'.repeat(300)}.pdf`)).toBe(`${'🌱'.repeat(196)}.pdf`);
  });

  test('loses the blank that the cut lays bare', () => {
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

  test('the name has 1 to 200 characters', () => {
    fc.assert(
      fc.property(names, options, (filename, given) => {
        const name = attachmentName(filename, given);
        expect(length(name)).toBeGreaterThan(0);
        expect(length(name)).toBeLessThanOrEqual(200);
      }),
    );
  });

  test('the name is composed and has no separator, control or invisible character', () => {
    fc.assert(
      fc.property(names, options, (filename, given) => {
        const name = attachmentName(filename, given);
        expect(name).not.toMatch(/[/\\\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/);
        expect(name).toBe(name.normalize('NFC'));
        expect(name.isWellFormed()).toBe(true);
      }),
    );
  });

  test('a name that was made once stays', () => {
    fc.assert(
      fc.property(names, (filename) => {
        const name = attachmentName(filename);
        expect(attachmentName(name)).toBe(name);
      }),
    );
  });
});
