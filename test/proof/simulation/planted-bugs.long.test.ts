import { expect, test } from 'vitest';
import { type Plant, runHistory } from './history.ts';
import { brokenPromises } from './invariants.ts';
import { plantedBugs } from './planted-bugs.ts';
import { plantedLaneBugs } from './planted-lane-bugs.ts';
import { plantedReadBackBugs } from './planted-read-back-bugs.ts';
import { plantedScanBugs } from './planted-scan-bugs.ts';
import { seedsFrom } from './play.ts';

const firstSeedThatCatches = async (plant: Plant): Promise<number | undefined> => {
  for (const seed of seedsFrom(1, 200)) if (brokenPromises(await runHistory(seed, plant)).length > 0) return seed;
  return undefined;
};

const bugs = Object.entries({ ...plantedBugs, ...plantedReadBackBugs, ...plantedLaneBugs, ...plantedScanBugs });
test.each(bugs)(
  'the simulation catches the planted bug within 200 seeds: %s',
  { timeout: 900_000 },
  async (_name, plant) => {
    expect(await firstSeedThatCatches(plant)).toBeDefined();
  },
);
