import { describe, expect, test } from 'vitest';
import {
  acknowledge,
  failureOfVerdict,
  hasLookedInside,
  latestVerdict,
  missingVerdict,
  openVerdict,
  type ScanCode,
  type ScanFailureCode,
  verdictOnAttached,
} from '../../../lib/ledger/latest-verdict.ts';
import { minute, nine } from '../../fakes/ledger-samples.ts';

/** From the mildest to the worst, with the scans that did not look into the file separate from those that did. */
const notLooked = ['SCAN_FAILED', 'SCAN_DENIED', 'SCAN_UNSUPPORTED'] as const;
const looked = ['clean', 'SCAN_VERDICT_UNKNOWN', 'SCAN_THREAT_FOUND'] as const;

const at = (code: ScanCode, time = nine) => ({ code, at: time });
const pairs = (codes: readonly ScanCode[]) =>
  codes.flatMap((mild, index) => codes.slice(index + 1).map((worse) => [mild, worse] as const));

describe('two verdicts about the same bytes', () => {
  test.each([...pairs(notLooked), ...pairs(looked)])(
    'of two verdicts in the same second, %s is replaced by %s',
    (mild, worse) => {
      expect(latestVerdict(at(mild), at(worse))).toEqual(at(worse));
      expect(latestVerdict(at(worse), at(mild))).toEqual(at(worse));
    },
  );

  test.each([...pairs(notLooked), ...pairs(looked)])(
    'the later verdict of %s and %s counts, whichever arrived first',
    (...codes) => {
      for (const [early, late] of [codes, codes.toReversed()] as const) {
        const [first, second] = [at(early as ScanCode), at(late as ScanCode, nine + 1)];
        expect(latestVerdict(first, second)).toEqual(second);
        expect(latestVerdict(second, first)).toEqual(second);
      }
    },
  );

  test.each(notLooked.flatMap((blind) => looked.map((saw) => [blind, saw] as const)))(
    '%s replaces no earlier %s, because its scan did not look into the file',
    (blind, saw) => {
      expect(latestVerdict(at(saw), at(blind, nine + minute))).toEqual(at(saw));
      expect(latestVerdict(at(blind, nine + minute), at(saw))).toEqual(at(saw));
    },
  );

  test('a single verdict counts', () => {
    expect(latestVerdict(undefined, at('clean'))).toEqual(at('clean'));
    expect(latestVerdict(at('clean'), undefined)).toEqual(at('clean'));
    expect(latestVerdict(undefined, undefined)).toBeUndefined();
  });

  test('the same verdict twice returns the known one', () => {
    const known = at('clean');
    expect(latestVerdict(known, at('clean'))).toBe(known);
  });

  test('the same finding again stays acknowledged, and a different one is open', () => {
    const known = { ...at('SCAN_FAILED'), acknowledged: true } as const;
    const later = nine + minute;
    expect(latestVerdict(known, at('SCAN_FAILED', later))).toEqual({ ...at('SCAN_FAILED', later), acknowledged: true });
    expect(latestVerdict(known, at('SCAN_DENIED', later))).toEqual(at('SCAN_DENIED', later));
    expect(latestVerdict(at('SCAN_FAILED'), at('SCAN_FAILED', later))).toEqual(at('SCAN_FAILED', later));
  });
});

test('a scan looked into the file when it found a threat, none, or something unknown', () => {
  expect([...notLooked, ...looked].filter(hasLookedInside)).toEqual(looked);
});

test('a verdict is open until it is clean or acknowledged', () => {
  const found = at('SCAN_THREAT_FOUND');
  expect(openVerdict(found)).toEqual(found);
  for (const verdict of [undefined, at('clean'), { ...found, acknowledged: true } as const])
    expect(openVerdict(verdict)).toBeUndefined();
});

test('only an open verdict can be acknowledged', () => {
  const found = at('SCAN_THREAT_FOUND');
  expect(acknowledge(found)).toEqual({ verdict: { ...found, acknowledged: true } });
  expect([acknowledge(at('clean')), acknowledge(undefined)]).toEqual([{}, {}]);
});

test('only an attached file is listed for its verdict', () => {
  const verdict = at('SCAN_THREAT_FOUND');
  expect(verdictOnAttached({ state: { status: 'attached' }, verdict })).toEqual(verdict);
  expect(verdictOnAttached({ state: { status: 'held' }, verdict })).toBeUndefined();
});

test.each<[ScanFailureCode, string]>([
  ['SCAN_THREAT_FOUND', 'GuardDuty reported THREATS_FOUND.'],
  ['SCAN_UNSUPPORTED', 'GuardDuty reported UNSUPPORTED.'],
  ['SCAN_DENIED', 'GuardDuty reported ACCESS_DENIED.'],
  ['SCAN_FAILED', 'GuardDuty reported FAILED.'],
  ['SCAN_VERDICT_UNKNOWN', 'GuardDuty reported a result that is not one of its five verdicts.'],
])('a file held because of %s has the detail "%s"', (code, detail) => {
  expect(failureOfVerdict(code)).toEqual({ code, detail });
});

test('a file that is held without a verdict names the setting that holds it', () => {
  expect(missingVerdict.detail).toBe(
    'REQUIRE_SCAN is on, and no verdict of the malware scan has arrived for this file.',
  );
});
