import { expect, test } from 'vitest';
import { readAttachmentList } from '../../../lib/kombo/attachment-list.ts';

const entry = {
  id: '26vafvWSRmbhNcxJYqjCzuJg',
  type: 'CV',
  remote_id: '991',
  data_url: 'https://resources.kombo.dev/x',
  file_name: 'Jo Roe CV.pdf',
  content_type: 'application/pdf',
  remote_created_at: '2026-06-01T12:00:00.000Z',
  remote_updated_at: null,
};

const listed = (...results: readonly unknown[]) => {
  const listing = readAttachmentList({ results });
  return listing === 'unreadable' ? listing : listing.files;
};

test('a listed attachment has its link and the fields that may explain a difference', () => {
  expect(listed({ ...entry, application_id: 'H77' })).toEqual([
    {
      name: 'Jo Roe CV.pdf',
      type: 'CV',
      contentType: 'application/pdf',
      link: 'https://resources.kombo.dev/x',
      applicationId: 'H77',
      createdAt: Date.UTC(2026, 5, 1, 12),
    },
  ]);
});

test.each([
  [{ next: 'cursor-2' }, true],
  [{ next_cursor: 'cursor-2' }, true],
  [{ has_more: true }, true],
  [{ next: null, has_more: false, cursor: '' }, false],
  [{}, false],
])('a listing with %j beside its entries is incomplete: %s', (beside, more) => {
  expect(readAttachmentList({ results: [entry], ...beside })).toMatchObject({ more });
});

test('a malformed entry of a listing has fewer fields, and hides no other entry', () => {
  const odd = [
    null,
    7,
    'text',
    [],
    {},
    { ...entry, type: 'SELFIE', content_type: null, file_name: null },
    { ...entry, type: 3, file_name: 'Frank Doe.pdf', remote_created_at: null },
  ];
  const link = 'https://resources.kombo.dev/x';
  expect(listed(...odd)).toEqual([
    {},
    {},
    {},
    {},
    {},
    { type: 'SELFIE', link, createdAt: Date.UTC(2026, 5, 1, 12) },
    { name: 'Frank Doe.pdf', link, contentType: 'application/pdf' },
  ]);
});

test('an empty listing is an answer', () => {
  expect(listed()).toEqual([]);
});

test.each([[undefined], [null], [{}], [{ results: null }], [{ results: {} }], [[]], ['text']])(
  'a response without a list (%j) is not an answer',
  (data) => {
    expect(readAttachmentList(data)).toBe('unreadable');
  },
);

test.each([
  ['2026-06-01T12:00:00Z', Date.UTC(2026, 5, 1, 12)],
  ['2026-06-01T12:00:00.123456Z', Date.UTC(2026, 5, 1, 12, 0, 0, 123)],
  ['2026-06-01T14:00:00+02:00', Date.UTC(2026, 5, 1, 12)],
  ['2026-06-01 12:00:00Z', Date.UTC(2026, 5, 1, 12)],
  ['2026-06-01T12:00Z', Date.UTC(2026, 5, 1, 12)],
  ['2026-06-01T00:00:01Z', Date.UTC(2026, 5, 1, 0, 0, 1)],
])('the date %s of a listed attachment is read', (text, createdAt) => {
  expect(listed({ remote_created_at: text })).toEqual([{ createdAt }]);
});

test.each([
  ['2026-06-01'],
  ['2026-06-01T12:00:00'],
  ['2026-06-01 12:00'],
  ['2026-06-01T00:00:00.000Z'],
  ['2026-06-01T00:00+02:00'],
  ['yesterday'],
  ['1748779200'],
  ['2026-13-45T99:00:00Z'],
  [''],
  [1748779200],
])('%j has no time or no zone, so it is not read as a date', (text) => {
  expect(listed({ remote_created_at: text })).toEqual([{}]);
});
