import { expect, test } from 'vitest';
import { correlationIdOf } from '../../../lib/upload/correlation-id.ts';

test.each(['application-4711', 'a', 'A.b_c:d-9', 'x'.repeat(64)])('the correlation id %j is kept', (value) => {
  expect(correlationIdOf({ 'correlation-id': value })).toBe(value);
});

test.each(['', ' a', 'Frank Doe', 'a/b', 'é', 'x'.repeat(65), 'a\n', '=?UTF-8?B?YQ==?='])(
  'a text that is not in the form of a correlation id is ignored: %j',
  (value) => {
    expect(correlationIdOf({ 'correlation-id': value })).toBeUndefined();
  },
);

test('an object without the metadata has no correlation id', () => {
  expect(correlationIdOf({ filename: 'CV.pdf' })).toBeUndefined();
});
