import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { assumptions } from '../proof/bench/cost.ts';

const page = readFileSync(new URL('../../infra/README.md', import.meta.url), 'utf8');
const [section = ''] = /^## Cost\n[\s\S]*?(?=^## )/m.exec(page) ?? [];

interface Row {
  readonly what: string;
  readonly arithmetic: string;
  readonly dollars: number;
}

/** Rows of three cells whose last one is an amount. */
const rows: readonly Row[] = [...section.matchAll(/^\| (.+?) \|(.*)\| \**(\d+\.\d\d)\** \|$/gm)].map(
  ([, what = '', arithmetic = '', dollars = '']) => ({ what, arithmetic: arithmetic.trim(), dollars: Number(dollars) }),
);

/** The result of the arithmetic in a cell: units are words, a comma separates thousands. */
const computed = (arithmetic: string): number => {
  const bare = arithmetic.replaceAll('×', '*').replaceAll(/[$,]|\b[A-Za-z]+\b/g, '');
  if (!/^[\d\s.*/+()]+$/.test(bare)) throw new Error(`This is not arithmetic: ${arithmetic}`);
  return Number(new Function(`return ${bare}`)());
};

const sums = rows.filter(({ what }) => what.startsWith('**together**'));
const upTo = (sum: Row | undefined): readonly Row[] => {
  const before = rows.slice(0, sum ? rows.indexOf(sum) : 0);
  const last = before.findLastIndex(({ what }) => what.startsWith('**together**') || what.startsWith('as a backfill'));
  return before.slice(last + 1).filter(({ what }) => !what.startsWith('with `outcomeBus`'));
};

test.each(rows.filter(({ arithmetic }) => arithmetic !== ''))('the cost of $what is $arithmetic', (row) => {
  // Amounts are shown in cents, halves rounded up.
  expect(Math.abs(computed(row.arithmetic) - row.dollars)).toBeLessThanOrEqual(0.0051);
});

describe('a sum of costs', () => {
  test('the total cost of a million CVs is the sum of the rows above it', () => {
    const parts = upTo(sums[0]);
    expect(parts.length).toBe(7);
    expect(parts.reduce((sum, { dollars }) => sum + dollars, 0)).toBeCloseTo(sums[0]?.dollars ?? 0, 5);
    const traffic = parts.find(({ what }) => what.startsWith('traffic'))?.dollars ?? 0;
    expect(sums[0]?.what).toContain(` ${((sums[0]?.dollars ?? 0) - traffic).toFixed(2)} without the traffic`);
  });

  test('the total cost of an idle stage is the sum of the rows above it', () => {
    const parts = upTo(sums[1]);
    expect(parts.length).toBe(5);
    expect(parts.reduce((sum, { dollars }) => sum + dollars, 0)).toBeCloseTo(sums[1]?.dollars ?? 0, 5);
  });
});

test('the prices and counts in the cost tables are those of the benchmark', () => {
  const arithmetic = rows.map((row) => row.arithmetic).join('\n');
  const price = (dollars: number, per = 1): string => `$${(dollars * per).toFixed(10).replace(/0+$/, '')}`;
  expect(arithmetic).toContain(price(assumptions.lambdaPerGbSecond));
  expect(arithmetic).toContain(
    `${assumptions.ledgerWritesPerCv} × 1,000,000 × ${price(assumptions.dynamoDbPerWrite, 1e6)}`,
  );
  expect(arithmetic).toContain(
    `${assumptions.ledgerReadsPerCv} × 1,000,000 × ${price(assumptions.dynamoDbPerRead, 1e6)}`,
  );
  expect(arithmetic).toContain(`${assumptions.logBytesPerCv / 1_000} GB × $0.50`);
});
