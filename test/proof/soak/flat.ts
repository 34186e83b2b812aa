import { summaryOf } from '../bench/statistics.ts';
import type { Sample } from './samples.ts';

/** The usage of one process early in the steady phase, and late in it. */
export interface Course {
  readonly pid: number;
  readonly name: string;
  readonly earlyBytes: number;
  readonly lateBytes: number;
  readonly earlyHandles: number;
  readonly lateHandles: number;
}

/** The warm-up: a process grows while its code is being compiled and its pools are filling. */
const warmUpShare = 0.2;
/** Fewer samples say nothing about growth. */
const leastSamples = 12;
/** Allowed growth, because the garbage collector decides when to return memory. */
const mostGrowth = 1.2;
const moreHandles = 8;

/** The processes that ran for the whole steady phase, each with its first third after the warm-up and its last third. */
export const coursesOf = (samples: readonly Sample[]): readonly Course[] => {
  const steady = samples.filter(({ phase }) => phase === 'steady');
  const [last] = steady.slice(-1);
  const living = last?.processes ?? [];
  return living.flatMap(({ pid, name }) => {
    const own = steady.flatMap(({ processes }) => processes.find((one) => one.pid === pid) ?? []);
    const warm = own.slice(Math.floor(own.length * warmUpShare));
    if (warm.length < leastSamples) return [];
    const third = Math.floor(warm.length / 3);
    const [early, late] = [warm.slice(0, third), warm.slice(-third)];
    return {
      pid,
      name,
      earlyBytes: median(early.map(({ rssBytes }) => rssBytes)),
      lateBytes: median(late.map(({ rssBytes }) => rssBytes)),
      earlyHandles: median(early.map(({ handles }) => handles)),
      lateHandles: median(late.map(({ handles }) => handles)),
    };
  });
};

export const isFlat = ({ earlyBytes, lateBytes, earlyHandles, lateHandles }: Course): boolean =>
  lateBytes <= earlyBytes * mostGrowth && lateHandles <= earlyHandles + moreHandles;

const median = (values: readonly number[]): number => summaryOf(values).median;
