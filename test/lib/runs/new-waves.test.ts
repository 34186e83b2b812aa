import { expect, test } from 'vitest';
import type { QueuedFile } from '../../../lib/ledger/ledger.ts';
import { newWaves } from '../../../lib/runs/new-waves.ts';
import { hour, integrationId, minute, nine } from '../../fakes/ledger-samples.ts';
import { settingsWith } from '../../fakes/settings.ts';

const settings = settingsWith({
  KEY_TEMPLATES: 'candidates/{candidate_id}/{filename}|named/{integration_id}/{candidate_id}/{filename}',
  KOMBO_INTEGRATION_ID: integrationId,
});
let names = 0;
const held = (ageMs: number, code = 'KOMBO_NOT_FOUND', integration?: string): QueuedFile => {
  names += 1;
  const folder = integration === undefined ? 'candidates' : `named/${integration}`;
  return { id: `cv-inbox/${folder}/GRK${names}/CV.pdf#e1`, at: nine - ageMs, code };
};
const waves = (...files: readonly QueuedFile[]): number => newWaves(files, settings, nine - 6 * minute);

test('the first cause that holds files is reported, however many files it holds', () => {
  expect([waves(), waves(held(minute)), waves(held(minute), held(2 * minute))]).toEqual([0, 1, 1]);
});

test('a cause that replaces the only one is reported', () => {
  expect(waves(held(3 * hour))).toBe(0);
  expect(waves(held(minute, 'SCAN_THREAT_FOUND'))).toBe(1);
});

test('a second cause is reported while the first one is open, for six minutes', () => {
  const first = held(3 * hour);
  expect(waves(first, held(minute, 'OBJECT_ARCHIVED'))).toBe(1);
  expect(waves(first, held(5 * minute, 'OBJECT_ARCHIVED'))).toBe(1);
  expect(waves(first, held(6 * minute, 'OBJECT_ARCHIVED'))).toBe(0);
});

test('the same cause in another integration is another cause', () => {
  expect(waves(held(30 * minute), held(minute, 'KOMBO_NOT_FOUND', 'lever:other'))).toBe(1);
});

test('files of one cause are one wave while less than an hour lies between two of them', () => {
  expect(waves(held(100 * minute), held(50 * minute), held(minute))).toBe(0);
  expect(waves(held(61 * minute), held(minute))).toBe(1);
});

test('two causes at the same time are two waves', () => {
  expect(waves(held(2 * minute), held(minute, 'OBJECT_ARCHIVED'))).toBe(2);
  expect(waves(held(3 * hour), held(2 * minute, 'SCAN_FAILED'), held(minute, 'OBJECT_ARCHIVED'))).toBe(2);
});

test('a key that no template matches is a cause by its code alone', () => {
  const odd = (ageMs: number): QueuedFile => ({ id: 'cv-inbox/odd#e', at: nine - ageMs, code: 'SCAN_FAILED' });
  expect(waves(held(3 * hour), odd(minute), { ...odd(2 * minute), id: 'no-id' })).toBe(1);
});
