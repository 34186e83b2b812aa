import { expect, test } from 'vitest';
import { everyInterleaving } from './exhaustive.ts';
import { plantedBugs } from './planted-bugs.ts';

test('two workers on one upload, every order of their steps, one crash anywhere: attached once', {
  timeout: 120_000,
}, async () => {
  const report = await everyInterleaving(1);
  console.log(
    `every interleaving: ${report.histories} histories, ${report.crashes} crashes, up to ${report.mostSteps} steps`,
  );
  expect(report.failures).toEqual([]);
  expect(report.crashes).toBeGreaterThan(900);
});

test('finds a claim that is not conditional, without any chance', async () => {
  const { failures } = await everyInterleaving(0, plantedBugs['the claim is not conditional'], 'first-failure');
  expect(failures.length).toBeGreaterThan(0);
});
