import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMetadataText } from '../../../lib/attachment/metadata-text.ts';

describe('user metadata', () => {
  test('user metadata in US-ASCII stays as it is', () => {
    expect(decodeMetadataText('Frank Doe C++ 100%.pdf')).toBe('Frank Doe C++ 100%.pdf');
  });

  test('user metadata is decoded from the base64 form that S3 returns', () => {
    expect(decodeMetadataText('=?UTF-8?B?UmVuw6kgRG9lLnBkZg==?=')).toBe('René Doe.pdf');
  });

  test('user metadata is decoded from the quoted form, with its underscore for a space', () => {
    expect(decodeMetadataText('=?utf-8?q?Ren=C3=A9_Doe.pdf?=')).toBe('René Doe.pdf');
  });

  test('the example of the S3 User Guide, whose client sent raw UTF-8, is decoded', () => {
    expect(decodeMetadataText('=?UTF-8?B?w4PChE3Dg8KEWsODwpXDg8KRIFMz?=')).toBe('ÄMÄZÕÑ S3');
  });

  test('raw UTF-8 that an HTTP client read as Latin-1 is decoded', () => {
    expect(decodeMetadataText('RenÃ©.pdf')).toBe('René.pdf');
  });

  test('letters that are really Latin-1 are kept', () => {
    expect(decodeMetadataText('René.pdf')).toBe('René.pdf');
  });

  test('two encoded words are joined without the space between them', () => {
    expect(decodeMetadataText('=?UTF-8?B?UmVuw6k=?= =?UTF-8?Q?_Doe.pdf?=')).toBe('René Doe.pdf');
  });

  test('plain text around an encoded word is kept', () => {
    expect(decodeMetadataText('CV =?UTF-8?Q?Ren=C3=A9?=.pdf')).toBe('CV René.pdf');
  });

  test('user metadata in other charsets is decoded', () => {
    expect(decodeMetadataText('=?ISO-8859-1?Q?Ren=E9.pdf?=')).toBe('René.pdf');
  });

  test('user metadata with broken bytes is not guessed at', () => {
    expect(decodeMetadataText('=?UTF-8?Q?Ren=E9.pdf?=')).toBeUndefined();
  });

  test('user metadata in an unknown charset is not guessed at', () => {
    expect(decodeMetadataText('=?x-klingon?Q?CV.pdf?=')).toBeUndefined();
  });

  test('any text in user metadata is the same after encoding and decoding', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        // Only text beyond Latin-1: bytes that are valid as both Latin-1 and UTF-8 are read as UTF-8 on purpose.
        const name = `${text}한`;
        expect(decodeMetadataText(`=?UTF-8?B?${Buffer.from(name).toString('base64')}?=`)).toBe(name);
      }),
    );
  });
});
