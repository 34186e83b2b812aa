import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { defaults } from '../../../infra/parameters/options.ts';
import { settings } from '../../../lib/config/settings.ts';
import { costOf, costsOf, memoryFor, sweepCost } from './cost.ts';
import { goalsOf, reached } from './goals.ts';
import type { Numbers } from './measure.ts';

const everyMs = settings.sweepEveryMs.parse(settings.sweepEveryMs.default);
const memoryMb = Number(defaults.memoryMb);

test('the sweep of a million kept objects costs at most 5 USD a month, its run time included', () => {
  expect(sweepCost({ everyMs, memoryMb })).toBeLessThanOrEqual(5);
  // A sweep every five minutes would cost twelve times as much.
  expect(sweepCost({ everyMs: 300_000, memoryMb })).toBeGreaterThan(50);
});

test('infra/README.md shows the computed cost of the sweep', async () => {
  const page = await readFile(path.join(import.meta.dirname, '../../../infra/README.md'), 'utf8');
  const dollarsOf = (line: RegExp): number => Number(line.exec(page)?.[1]);
  const shown =
    dollarsOf(/^\| the sweep's listing, .*\| ([\d.]+) \|$/m) + dollarsOf(/^\| its time, .*\| ([\d.]+) \|$/m);
  expect(shown).toBeCloseTo(sweepCost({ everyMs, memoryMb }), 1);
});

test('infra/README.md calculates with the default memory', async () => {
  const page = await readFile(path.join(import.meta.dirname, '../../../infra/README.md'), 'utf8');
  const [, shownMb, gigabytes] =
    /^\| Lambda, duration \(arm64, (\d+) MB, .*\| 1,000,000 × ([\d.]+) GB/m.exec(page) ?? [];
  expect(Number(shownMb)).toBe(memoryMb);
  expect(Number(gigabytes) * 1_024).toBe(memoryMb);
  expect(page).toContain(`\`memoryMb\` is ${memoryMb} for all functions`);
});

test.each([
  [1, 128],
  [85, 128],
  [86, 192],
  [128, 192],
  [129, 256],
  [300, 512],
])('a peak of %d MiB needs a function of %d MB: half as much again, in steps of 64', (peakMib, memoryMb) => {
  expect(memoryFor(peakMib * 1_048_576)).toBe(memoryMb);
});

test('less memory means less CPU, so the computation for a CV takes longer, but its waiting does not', () => {
  const cv = { name: 'ours', wallMs: 8, cpuMs: 6, ledger: true };
  // A whole vCPU, so 2 s for Kombo, 2 ms of waiting and 6 ms of CPU; 1769 / 1024 GB.
  expect(costOf({ ...cv, memoryMb: 1_769 }).arithmetic).toMatch(
    /^2 s \+ 2\.0 ms \+ 6\.00 ms CPU \/ 1\.000 = 2\.008 s x /,
  );
  // 192 / 1769 of a vCPU: 6 ms become 55.3 ms. 2.0573 s x 0.1875 GB x 13.3334 = 5.14, and requests, S3, ledger, logs.
  const small = costOf({ ...cv, memoryMb: 192 });
  expect(small.arithmetic).toContain('6.00 ms CPU / 0.109 = 2.057 s x 0.1875 GB');
  expect(small.arithmetic).toContain('compute 5.14 + requests 0.20 + S3 0.40 + ledger 3.44 + logs 0.75');
  expect(small.dollarsPerMillion).toBeCloseTo(9.93, 2);
  // More than one vCPU does not help, and CPU time of several threads is not negative waiting.
  expect(costOf({ ...cv, wallMs: 5, memoryMb: 3_538 }).arithmetic).toContain('0.0 ms + 6.00 ms CPU / 1.000 = 2.006 s');
});

const summary = (median: number, highest = median) => ({ median, low: median, high: highest, highest });
const cvNumbers = (contender: 'ours' | 'naive') => ({
  contender,
  concurrency: 1,
  cpuMsPerCv: summary(6),
  wallMsPerCv: summary(6),
  cvsPerSecond: summary(150),
  gcShare: summary(0),
});
const numbersWith = (oursMib: number, naiveMib: number, naiveHighestMib = naiveMib): Numbers => {
  const bursts = [
    { contender: 'ours' as const, files: 4, sizeMb: 10, peakBytes: summary(oursMib * 1_048_576) },
    {
      contender: 'naive' as const,
      files: 4,
      sizeMb: 10,
      peakBytes: summary(naiveMib * 1_048_576, naiveHighestMib * 1_048_576),
    },
  ];
  const cvs = [cvNumbers('ours'), cvNumbers('naive')];
  const machine = { node: 'v24', cpu: 'test', cores: 2 };
  const none = { files: [], looks: [], coldStarts: [], imports: [], makeup: [] };
  return { machine, ...none, bursts, cvs, costs: costsOf({ bursts, cvs }) };
};
const costGoal = (numbers: Numbers) => {
  const goal = goalsOf(numbers).find(({ measure }) => measure === 'modelled cost per million CVs / naive');
  return goal && { value: goal.value?.toFixed(2), reached: reached(goal) };
};

test('the modelled cost of each contender uses the memory of its own peak; only ours includes a ledger and logs', () => {
  const [ours, naive] = numbersWith(94, 285).costs;
  expect(ours?.arithmetic).toContain('x 0.1875 GB x');
  expect(naive?.arithmetic).toContain('x 0.4375 GB x');
  expect(naive?.arithmetic).not.toMatch(/ledger|logs/);
});

test('the memory of a function follows its highest peak, because one burst too large would end it', () => {
  expect(numbersWith(94, 200, 319).costs[1]?.arithmetic).toContain('x 0.5 GB x');
});

test('the goal for the modelled cost is missed when the saved memory does not pay for the ledger', () => {
  // 9.93 / 12.41 and 9.93 / 9.07 dollars.
  expect(costGoal(numbersWith(94, 285))).toEqual({ value: '0.80', reached: true });
  expect(costGoal(numbersWith(94, 200))).toEqual({ value: '1.09', reached: false });
});
