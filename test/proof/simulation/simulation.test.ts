import { expect, test } from 'vitest';
import { isUndecided, lostAnswers, mustBeDecided } from './decided.ts';
import { addDigest, digestOf } from './digest.ts';
import { type Plant, runHistory } from './history.ts';
import { brokenPromises } from './invariants.ts';
import { plantedBugs } from './planted-bugs.ts';
import { plantedLaneBugs } from './planted-lane-bugs.ts';
import { plantedReadBackBugs } from './planted-read-back-bugs.ts';
import { plantedScanBugs } from './planted-scan-bugs.ts';
import { playOnAllCores } from './play.ts';

/** Every failure with its whole history: a seed alone explains nothing. */
const failuresOf = async (seeds: Iterable<number>): Promise<string[]> => {
  const failures: string[] = [];
  for (const seed of seeds) {
    const ended = await runHistory(seed);
    const broken = brokenPromises(ended);
    if (broken.length > 0) failures.push([...ended.world.history, ...broken].join('\n'));
  }
  return failures;
};

const seedsFrom = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => first + index);

test.each([1, 501, 1001, 1501])(
  'nothing is lost, nothing is doubled and nothing personal is logged, whatever fails: 500 histories from seed %i',
  { timeout: 900_000 },
  async (first) => {
    expect(await failuresOf(seedsFrom(first, 500))).toEqual([]);
  },
);

test('a history can be replayed from its seed', async () => {
  const [once, again] = [await runHistory(77), await runHistory(77)];
  expect(again.world.history).toEqual(once.world.history);
  expect(once.world.history.length).toBeGreaterThan(10);
});

test('the same seeds give the same digest, played on one thread or on all, and other seeds give another', {
  timeout: 300_000,
}, async () => {
  const onAll = (from: number) => playOnAllCores({ from, seeds: 25, until: Number.POSITIVE_INFINITY }, () => undefined);
  let onOne = 0n;
  for (const seed of seedsFrom(301, 25)) onOne = addDigest(onOne, digestOf(await runHistory(seed)));
  expect(await onAll(301)).toMatchObject({ histories: 25, digest: onOne });
  expect((await onAll(302)).digest).not.toBe(onOne);
});

test('the histories are full of what goes wrong', async () => {
  let [crashes, posts, held, unknown, scanned] = [0, 0, 0, 0, 0];
  for (const seed of seedsFrom(1, 150)) {
    const { world, kombo } = await runHistory(seed);
    crashes += world.crashes();
    posts += kombo.posts;
    held += world.history.filter((line) => line.includes(' is held')).length;
    unknown += world.history.filter((line) => line.includes(' is unknown')).length;
    scanned += world.history.filter((line) => line.includes(' is attached (SCAN_')).length;
  }
  expect(Math.min(crashes, posts, held, unknown)).toBeGreaterThan(20);
  expect(scanned).toBeGreaterThan(5);
});

test('what can be decided is decided without an operator: every lost answer whose bytes Kombo serves', {
  timeout: 900_000,
}, async () => {
  let decided = 0;
  const undecided: string[] = [];
  for (const seed of seedsFrom(1, 400)) {
    const ended = await runHistory(seed);
    if (!ended.tool.learnt) continue;
    for (const record of lostAnswers(ended)) {
      if (!mustBeDecided(ended, record)) continue;
      if (isUndecided(record)) undecided.push(...ended.world.history);
      else decided += 1;
    }
  }
  expect(undecided).toEqual([]);
  expect(decided).toBeGreaterThan(50);
});

const firstSeedThatCatches = async (plant: Plant): Promise<number | undefined> => {
  for (const seed of seedsFrom(1, 200)) if (brokenPromises(await runHistory(seed, plant)).length > 0) return seed;
  return undefined;
};

const bugs = Object.entries({ ...plantedBugs, ...plantedReadBackBugs, ...plantedLaneBugs, ...plantedScanBugs });
test.each(bugs)('is caught within 200 seeds: %s', { timeout: 900_000 }, async (_name, plant) => {
  expect(await firstSeedThatCatches(plant)).toBeDefined();
});
