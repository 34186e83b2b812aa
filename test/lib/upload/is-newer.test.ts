import { describe, expect, test } from 'vitest';
import { isNewerUpload, latestUpload } from '../../../lib/upload/is-newer.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { nine } from '../../fakes/ledger-samples.ts';

type Facts = Pick<Upload, 'sequencer' | 'modifiedAt' | 'versionId'>;

const of = (facts: Facts): Upload => ({ bucket: 'cv-inbox', key: 'candidates/GRK123/CV.pdf', etag: 'e1', ...facts });

/** The attempt that judged it started this many milliseconds after nine. */
const isNewer = (facts: Facts, judged: Facts, afterNineMs = 60_000): boolean =>
  isNewerUpload(of(facts), { upload: of(judged), attemptedAt: nine + afterNineMs });

describe('uploads that both have a sequencer', () => {
  test.each<[string, string, boolean]>([
    ['0066F7B2A1C3D4E5F7', '0066F7B2A1C3D4E5F6', true],
    ['0066F7B2A1C3D4E5F6', '0066F7B2A1C3D4E5F6', false],
    ['0066F7B2A1C3D4E5F5', '0066F7B2A1C3D4E5F6', false],
    // As if padded with zeros on the right: the shorter one need not be the lower one.
    ['1', '0FFF', true],
    ['0FFF', '1', false],
    ['10', '1', false],
    ['1', '10', false],
    ['101', '1', true],
    ['0a', '0A', false],
    ['0B', '0a', true],
  ])('the sequencer %s is newer than %s: %s', (sequencer, before, expected) => {
    expect(isNewer({ sequencer }, { sequencer: before })).toBe(expected);
    // Times and versions say the opposite.
    const later = { modifiedAt: nine + 60_000, versionId: 'v2' };
    const earlier = { modifiedAt: nine, versionId: 'v1' };
    const [its, judged] = expected ? [earlier, later] : [later, earlier];
    expect(isNewer({ sequencer, ...its }, { sequencer: before, ...judged })).toBe(expected);
  });
});

describe('uploads of which one has no sequencer', () => {
  test.each<[string, number, number, number, boolean]>([
    ['a later second', nine + 1_000, nine, 600_000, true],
    ['an earlier second, even right after its attempt', nine, nine + 1_000, 1_500, false],
    ['the same second, read within it', nine, nine, 400, true],
    ['the same second, read up to six seconds later', nine, nine, 5_999, true],
    ['the same second, read six seconds later', nine, nine, 6_000, false],
    ['the same second, by a clock that is five seconds behind', nine, nine, -5_000, true],
    ['the same second, by a clock that is an hour behind: once, not for an hour', nine, nine, -3_600_000, false],
    ['milliseconds of the same second, as some stores list them', nine + 999, nine, 60_000, false],
  ])(
    'without two sequencers the time decides whether an upload is newer: %s',
    (_, modifiedAt, judgedAt, attemptedAfterNineMs, expected) => {
      expect(isNewer({ modifiedAt }, { modifiedAt: judgedAt }, attemptedAfterNineMs)).toBe(expected);
      expect(isNewer({ modifiedAt }, { modifiedAt: judgedAt, sequencer: 'FF' }, attemptedAfterNineMs)).toBe(expected);
      expect(isNewer({ modifiedAt, sequencer: '00' }, { modifiedAt: judgedAt }, attemptedAfterNineMs)).toBe(expected);
    },
  );

  test('the time takes precedence over the version, because a listing shows no version', () => {
    expect(isNewer({ modifiedAt: nine, versionId: 'v2' }, { modifiedAt: nine, versionId: 'v1' })).toBe(false);
  });

  test.each([
    [-60_000, true],
    [5_999, true],
    [6_000, false],
  ])(
    'an upload is compared with a judgement without a time by its start: %i ms after the upload, %s',
    (afterMs, expected) => {
      expect(isNewer({ modifiedAt: nine }, {}, afterMs)).toBe(expected);
    },
  );

  test('a record that no attempt has judged is older than an upload of the same second', () => {
    expect(isNewerUpload(of({ modifiedAt: nine }), { upload: of({ modifiedAt: nine }) })).toBe(true);
    expect(isNewerUpload(of({ modifiedAt: nine }), { upload: of({ modifiedAt: nine + 1_000 }) })).toBe(false);
  });
});

describe('uploads without sequencer and time', () => {
  test.each<[string | undefined, string | undefined, boolean]>([
    ['v2', 'v1', true],
    ['v1', 'v1', false],
    ['v1', undefined, true],
    [undefined, 'v1', false],
    [undefined, undefined, false],
  ])('the version %s is newer than %s: %s', (versionId, before, expected) => {
    const facts = (id: string | undefined): Facts => (id === undefined ? {} : { versionId: id });
    expect(isNewer(facts(versionId), facts(before))).toBe(expected);
  });
});

describe('two reports of one object', () => {
  const known = of({ sequencer: '0B', modifiedAt: nine, versionId: 'v2' });

  test('the later of two reports of one object is kept, with what only the other one has', () => {
    expect(latestUpload(known, of({ sequencer: '0C', versionId: 'v3' }))).toEqual(
      of({ sequencer: '0C', modifiedAt: nine, versionId: 'v3' }),
    );
    expect(latestUpload(known, of({ modifiedAt: nine + 1_000 }))).toEqual({ ...known, modifiedAt: nine + 1_000 });
  });

  test('an earlier report of an object that arrives late changes nothing', () => {
    expect(latestUpload(known, of({ sequencer: '0A', modifiedAt: nine - 1_000, versionId: 'v1' }))).toEqual(known);
  });
});
