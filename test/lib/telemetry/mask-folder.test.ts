import { expect, test } from 'vitest';
import { maskFolder } from '../../../lib/telemetry/mask-key.ts';

test.each([
  ['reports/', 're•••/ (length 7)'],
  ['Frank Doe/', 'Fr•••/ (length 9)'],
  ['Ö😀x1/', 'Ö😀•••/ (length 4)'],
  ['abc/', 'a•••/ (length 3)'],
  ['Li/', 'L•••/ (length 2)'],
  ['x/', '•••/ (length 1)'],
  ['/', '•••/ (length 0)'],
])('an operator sees at most the first two characters of the folder %s, and its length', (folder, shown) => {
  expect(maskFolder(folder)).toBe(shown);
});
