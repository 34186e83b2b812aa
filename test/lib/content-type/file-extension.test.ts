import { describe, expect, test } from 'vitest';
import { extensionOf, splitExtension } from '../../../lib/content-type/file-extension.ts';

describe('the extension of a name', () => {
  test.each([
    ['CV.pdf', 'pdf'],
    ['CV.final.PDF', 'pdf'],
    ['.pdf', 'pdf'],
    ['a\nb.pdf', 'pdf'],
    ['CV', ''],
    ['CV.', ''],
    ['Dr. Frank Doe', ''],
    ['CV.pdf ', ''],
    ['CV.abcdefghijk', ''],
    ['', ''],
  ])('the extension of %j is %j', (filename, extension) => {
    expect(extensionOf(filename)).toBe(extension);
  });

  test('an extension is split off exactly as it was typed', () => {
    expect(splitExtension('CV.final.PDF')).toEqual({ stem: 'CV.final', dotExtension: '.PDF' });
  });
});
