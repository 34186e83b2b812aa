import { beforeAll, expect, test } from 'vitest';
import { isUndecided, lostAnswers, mustBeDecided } from './decided.ts';
import { addDigest, digestOf } from './digest.ts';
import { runHistory } from './history.ts';
import { brokenPromises } from './invariants.ts';
import { playOnAllCores, seedsFrom } from './play.ts';

/** The results that the tests below check. The histories are played once for all tests. */
interface Played {
  /** The whole history of each broken promise, because a seed alone explains nothing. */
  readonly failures: string[];
  readonly undecided: string[];
  readonly seen: { crashes: number; posts: number; held: number; unknown: number; scanned: number; decided: number };
}

const play = async (seeds: Iterable<number>): Promise<Played> => {
  const failures: string[] = [];
  const undecided: string[] = [];
  const seen = { crashes: 0, posts: 0, held: 0, unknown: 0, scanned: 0, decided: 0 };
  for (const seed of seeds) {
    const ended = await runHistory(seed);
    const { history, crashes } = ended.world;
    const broken = brokenPromises(ended);
    if (broken.length > 0) failures.push([...history, ...broken].join('\n'));
    const mustBe = ended.tool.learnt ? lostAnswers(ended).filter((record) => mustBeDecided(ended, record)) : [];
    const left = mustBe.filter(isUndecided);
    if (left.length > 0) undecided.push(history.join('\n'));
    const linesWith = (text: string): number => history.filter((line) => line.includes(text)).length;
    seen.crashes += crashes();
    seen.posts += ended.kombo.posts;
    seen.held += linesWith(' is held');
    seen.unknown += linesWith(' is unknown');
    seen.scanned += linesWith(' is attached (SCAN_');
    seen.decided += mustBe.length - left.length;
  }
  return { failures, undecided, seen };
};

let played: Played;
beforeAll(async () => {
  played = await play(seedsFrom(1, 150));
}, 900_000);

test('nothing is lost, nothing is attached twice and nothing personal is logged, whatever fails: 150 histories', () => {
  expect(played.failures).toEqual([]);
});

test('nobody waits needlessly: every lost answer whose bytes Kombo serves is decided without an operator', () => {
  expect(played.undecided).toEqual([]);
});

test('each kind of fault occurs often in the simulated histories', () => {
  const { scanned, decided, ...often } = played.seen;
  expect(Math.min(...Object.values(often))).toBeGreaterThan(40);
  expect(decided).toBeGreaterThan(20);
  expect(scanned).toBeGreaterThan(8);
});

test('a simulated history can be replayed from its seed', async () => {
  const [once, again] = [await runHistory(77), await runHistory(77)];
  expect(again.world.history).toEqual(once.world.history);
  expect(once.world.history.length).toBeGreaterThan(10);
});

test('the same seeds of the simulation give the same digest on one thread and on all, and other seeds give another', {
  timeout: 300_000,
}, async () => {
  const onAll = (from: number) => playOnAllCores({ from, seeds: 20, until: Number.POSITIVE_INFINITY }, () => undefined);
  let onOne = 0n;
  for (const seed of seedsFrom(301, 20)) onOne = addDigest(onOne, digestOf(await runHistory(seed)));
  expect(await onAll(301)).toMatchObject({ histories: 20, digest: onOne });
  expect((await onAll(302)).digest).not.toBe(onOne);
});
