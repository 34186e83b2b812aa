import { expect, test } from 'vitest';
import { readRestrictions } from '../../../lib/kombo/read-restrictions.ts';

const withTypes = (types: unknown) => ({ attachment_restrictions: { types } });

test("Kombo's example of attachment restrictions is read", () => {
  const other = {
    is_supported: true,
    max_file_size_bytes: 10_485_760,
    accepted_mime_types: ['application/pdf', 'application/msword'],
  };
  expect(readRestrictions(withTypes({ CV: { is_supported: false }, OTHER: other }))).toEqual({
    CV: { supported: false },
    OTHER: {
      supported: true,
      maxSizeBytes: 10_485_760,
      contentTypes: ['application/pdf', 'application/msword'],
    },
  });
});

test('restrictions that are null mean that Kombo knows no limit', () => {
  expect(readRestrictions({ attachment_restrictions: null })).toBeUndefined();
  const unlimited = { is_supported: true, max_file_size_bytes: null, accepted_mime_types: null };
  expect(readRestrictions(withTypes({ CV: unlimited }))).toEqual({ CV: { supported: true } });
});

test.each([
  ['types missing', {}],
  ['types null', { types: null }],
  ['types a list', { types: [] }],
])('attachment restrictions with %s set no limit', (_, restrictions) => {
  expect(readRestrictions({ attachment_restrictions: restrictions })).toBeUndefined();
});

test.each([
  ['a text', 'no'],
  ['null', null],
  ['without is_supported', { max_file_size_bytes: 1 }],
  ['with is_supported as a text', { is_supported: 'false' }],
])('attachment restrictions with an entry that is %s set no limit', (_, entry) => {
  expect(readRestrictions(withTypes({ CV: entry }))).toEqual({});
});

test.each([[0], [-1], ['1000'], [Number.NaN]])('a maximum size of %j sets no limit', (size) => {
  const entry = { is_supported: true, max_file_size_bytes: size };
  expect(readRestrictions(withTypes({ CV: entry }))).toEqual({ CV: { supported: true } });
});

test.each([[[]], ['application/pdf'], [[null, 3]], [['pdf', '.doc']]])(
  'accepted types of %j name no MIME type, so they set no limit',
  (types) => {
    const entry = { is_supported: true, accepted_mime_types: types };
    expect(readRestrictions(withTypes({ CV: entry }))).toEqual({ CV: { supported: true } });
  },
);

test.each([[null], ['text'], [[]]])('a response of %j is unreadable as attachment restrictions', (data) => {
  expect(readRestrictions(data)).toBe('unreadable');
});
