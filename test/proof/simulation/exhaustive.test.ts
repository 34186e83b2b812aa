import { expect, test } from 'vitest';
import { everyInterleaving } from './exhaustive.ts';
import type { Plant } from './history.ts';
import { plantedBugs } from './planted-bugs.ts';

test('two workers attach one upload once, in every order of their steps and with one crash anywhere', {
  timeout: 300_000,
}, async () => {
  const report = await everyInterleaving(1);
  console.log(
    `every interleaving: ${report.histories} histories, ${report.crashes} crashes, up to ${report.mostSteps} steps`,
  );
  expect(report.failures).toEqual([]);
  expect(report.crashes).toBeGreaterThan(900);
});

test('the exhaustive search finds a claim that is not conditional, without random choices', async () => {
  const { failures } = await everyInterleaving(0, plantedBugs['the claim is not conditional'], 'first-failure');
  expect(failures.length).toBeGreaterThan(0);
});

test('two workers attach copies of one file once, in every order of the steps that affect the other', {
  timeout: 300_000,
}, async () => {
  const report = await everyInterleaving(0, undefined, 'all', 'on copies');
  console.log(`copies in every interleaving: ${report.histories} histories, up to ${report.mostSteps} steps`);
  expect(report.failures).toEqual([]);
  expect(report.histories).toBeGreaterThan(100);
});

test('the exhaustive search finds that copies are sent twice when a worker does not check for the other copy', async () => {
  const unasked: Plant = (courier) => ({ ...courier, ledger: { ...courier.ledger, readMany: async () => new Map() } });
  const { failures } = await everyInterleaving(0, unasked, 'first-failure', 'on copies');
  expect(failures.at(0)).toContain('doubled');
});
