import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { settings } from '../../../lib/config/settings.ts';
import { defaultParameters } from '../../infra/template/service.ts';
import { sweepCost } from './cost.ts';

const everyMs = settings.sweepEveryMs.parse(settings.sweepEveryMs.default);
const memoryMb = Number(defaultParameters.memoryMb);

test('the sweep lists a million kept objects for at most 5 USD a month, its time included', () => {
  expect(sweepCost({ everyMs, memoryMb })).toBeLessThanOrEqual(5);
  // Every five minutes it would be twelve times as much.
  expect(sweepCost({ everyMs: 300_000, memoryMb })).toBeGreaterThan(50);
});

test('infra/README.md shows the same sum', async () => {
  const page = await readFile(path.join(import.meta.dirname, '../../../infra/README.md'), 'utf8');
  const dollarsOf = (line: RegExp): number => Number(line.exec(page)?.[1]);
  const shown =
    dollarsOf(/^\| the sweep's listing, .*\| ([\d.]+) \|$/m) + dollarsOf(/^\| its time, .*\| ([\d.]+) \|$/m);
  expect(shown).toBeCloseTo(sweepCost({ everyMs, memoryMb }), 1);
});
