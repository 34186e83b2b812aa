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

test('reads what serves as evidence, and no link', () => {
  expect(readAttachmentList({ results: [entry] })).toEqual([
    { name: 'Jo Roe CV.pdf', type: 'CV', contentType: 'application/pdf', createdAt: Date.UTC(2026, 5, 1, 12) },
  ]);
});

test('an odd entry says less and hides no other', () => {
  const odd = [
    null,
    7,
    'text',
    [],
    {},
    { ...entry, type: 'SELFIE', content_type: null, file_name: null },
    { ...entry, type: 3, file_name: 'Frank Doe.pdf', remote_created_at: null },
  ];
  expect(readAttachmentList({ results: odd })).toEqual([
    {},
    {},
    {},
    {},
    {},
    { type: 'SELFIE', createdAt: Date.UTC(2026, 5, 1, 12) },
    { name: 'Frank Doe.pdf', contentType: 'application/pdf' },
  ]);
});

test('an empty list is an answer: there is nothing', () => {
  expect(readAttachmentList({ results: [] })).toEqual([]);
});

test.each([[undefined], [null], [{}], [{ results: null }], [{ results: {} }], [[]], ['text']])(
  'without a list (%j) there is no answer',
  (data) => {
    expect(readAttachmentList(data)).toBe('unreadable');
  },
);

test.each([
  ['2026-06-01T12:00:00Z', Date.UTC(2026, 5, 1, 12)],
  ['2026-06-01T12:00:00.123456Z', Date.UTC(2026, 5, 1, 12, 0, 0, 123)],
  ['2026-06-01T14:00:00+02:00', Date.UTC(2026, 5, 1, 12)],
  ['2026-06-01 12:00:00', Date.UTC(2026, 5, 1, 12)],
  ['2026-06-01T12:00', Date.UTC(2026, 5, 1, 12)],
])('%s is a date', (text, createdAt) => {
  expect(readAttachmentList({ results: [{ remote_created_at: text }] })).toEqual([{ createdAt }]);
});

test.each([['2026-06-01'], ['yesterday'], ['1748779200'], ['2026-13-45T99:00:00Z'], [''], [1748779200]])(
  '%j tells no minute, so it is no date',
  (text) => {
    expect(readAttachmentList({ results: [{ remote_created_at: text }] })).toEqual([{}]);
  },
);
