import { expect, test } from 'vitest';
import { checkIntegrationSize, checkMaxBytes } from '../../../lib/attachment/check-size.ts';
import { sizeText } from '../../../lib/attachment/size-text.ts';

const detailOf = (result: ReturnType<typeof checkMaxBytes>): string => (result.ok ? 'fits' : result.error.detail);

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1 kB'],
  [48_211, '48.2 kB'],
  [9_500_000, '9.5 MB'],
  [10_000_000, '10 MB'],
])('%i bytes are shown as %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});

test('the error for a file over MAX_BYTES names its size, the limit, and where the limit comes from', () => {
  expect(detailOf(checkMaxBytes(12_345_678, 10_000_000))).toBe('The file has 12.3 MB; MAX_BYTES allows 10 MB.');
  expect(detailOf(checkMaxBytes(10_000_000, 10_000_000))).toBe('fits');
});

test('the error for a file over the limit of the integration names that limit and the attachment type', () => {
  const restrictions = { CV: { supported: true, maxSizeBytes: 5_000_000 } };
  expect(detailOf(checkIntegrationSize(7_250_000, 'CV', restrictions))).toBe(
    'The file has 7.3 MB; the integration accepts up to 5 MB as CV.',
  );
});

test('a size and a limit that would round to the same text are shown in bytes', () => {
  expect(detailOf(checkMaxBytes(10_000_001, 10_000_000))).toBe(
    'The file has 10,000,001 bytes; MAX_BYTES allows 10,000,000 bytes.',
  );
});
