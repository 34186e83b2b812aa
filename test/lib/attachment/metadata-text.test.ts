import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMetadataText } from '../../../lib/attachment/metadata-text.ts';

describe('user metadata', () => {
  test('in US-ASCII stays as it is', () => {
    expect(decodeMetadataText('Frank Doe C++ 100%.pdf')).toBe('Frank Doe C++ 100%.pdf');
  });

  test('reads the base64 form that S3 returns', () => {
    expect(decodeMetadataText('=?UTF-8?B?UmVuw6kgRG9lLnBkZg==?=')).toBe('René Doe.pdf');
  });

  test('reads the quoted form, with its underscore for a blank', () => {
    expect(decodeMetadataText('=?utf-8?q?Ren=C3=A9_Doe.pdf?=')).toBe('René Doe.pdf');
  });

  test('reads the example of the S3 User Guide, whose client sent raw UTF-8', () => {
    expect(decodeMetadataText('=?UTF-8?B?w4PChE3Dg8KEWsODwpXDg8KRIFMz?=')).toBe('ÄMÄZÕÑ S3');
  });

  test('reads raw UTF-8 that an HTTP client took for Latin-1', () => {
    expect(decodeMetadataText('RenÃ©.pdf')).toBe('René.pdf');
  });

  test('keeps letters that are real Latin-1', () => {
    expect(decodeMetadataText('René.pdf')).toBe('René.pdf');
  });

  test('joins two words without the blank between them', () => {
    expect(decodeMetadataText('=?UTF-8?B?UmVuw6k=?= =?UTF-8?Q?_Doe.pdf?=')).toBe('René Doe.pdf');
  });

  test('keeps plain text around a word', () => {
    expect(decodeMetadataText('CV =?UTF-8?Q?Ren=C3=A9?=.pdf')).toBe('CV René.pdf');
  });

  test('reads other charsets', () => {
    expect(decodeMetadataText('=?ISO-8859-1?Q?Ren=E9.pdf?=')).toBe('René.pdf');
  });

  test('is not guessed at when its bytes are broken', () => {
    expect(decodeMetadataText('=?UTF-8?Q?Ren=E9.pdf?=')).toBeUndefined();
  });

  test('is not guessed at when nobody knows the charset', () => {
    expect(decodeMetadataText('=?x-klingon?Q?CV.pdf?=')).toBeUndefined();
  });

  test('survives its encoding, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        // Only text beyond Latin-1: what is Latin-1 and UTF-8 at once is read as UTF-8 on purpose.
        const name = `${text}한`;
        expect(decodeMetadataText(`=?UTF-8?B?${Buffer.from(name).toString('base64')}?=`)).toBe(name);
      }),
    );
  });
});
