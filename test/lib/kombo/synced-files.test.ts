import { expect, test } from 'vitest';
import { looksSynced, readSyncedFiles } from '../../../lib/kombo/synced-files.ts';

// As shown in the reference of GET /ats/attachments.
const key =
  'kombo/ats_attachments/integrations/greenhousev3:BsUP8fPMzHDo/candidates/BTbkvY2w5ou3z3hdwuKcKzDh/EYJjhMQT3LtVKXnTbnRT8s6U';
const entry = { id: '1', file_name: 'Frank Doe CV.pdf', content_ref: { type: 's3', bucket: 'acme-files', key } };

test('only the place of each synced file is read', () => {
  expect(readSyncedFiles({ next: null, results: [entry] })).toEqual([{ bucket: 'acme-files', key }]);
});

test('synced files without a place are left out', () => {
  const odd = [null, {}, { content_ref: null }, { content_ref: { bucket: 'acme-files' } }, { content_ref: { key: 7 } }];
  expect(readSyncedFiles({ results: [...odd, entry] })).toEqual([{ bucket: 'acme-files', key }]);
});

test.each([undefined, null, {}, { results: 'none' }])('%j is not a list of synced files', (data) => {
  expect(readSyncedFiles(data)).toBe('unreadable');
});

test.each([
  [key, true],
  [key.replace('kombo/', ''), true],
  [`candidates/backup/${key}`, true],
  ['candidates/BTbkvY2w5ou3z3hdwuKcKzDh/EYJjhMQT3LtVKXnTbnRT8s6U', false],
  [`${key}/CV.pdf`, false],
  ['my_ats_attachments/integrations/a/candidates/b/c', false],
])('the key %s looks like that of a synced file: %s', (candidate, expected) => {
  expect(looksSynced(candidate)).toBe(expected);
});
