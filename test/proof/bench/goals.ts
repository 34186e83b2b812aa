import type { Numbers } from './measure.ts';

export interface Goal {
  readonly measure: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  /** Undefined when this run did not measure it. */
  readonly value: number | undefined;
}

export const reached = ({ atMost, atLeast, value }: Goal): boolean | undefined =>
  value === undefined ? undefined : value <= (atMost ?? Number.POSITIVE_INFINITY) && value >= (atLeast ?? 0);

/** The goals of this project, as ratios of medians of one run, because another machine changes all medians alike. */
export const goalsOf = ({ files, looks, cvs, coldStarts, costs }: Numbers): Goal[] => {
  const file = (contender: string, sizeMb: number) =>
    files.find((one) => one.contender === contender && one.sizeMb === sizeMb);
  const peak = (contender: string, sizeMb: number) => file(contender, sizeMb)?.peakBytes.median;
  const wall = (contender: string, sizeMb: number) => file(contender, sizeMb)?.wallMs.median;
  const lookPeak = (sizeMb: number) => looks.find((one) => one.sizeMb === sizeMb)?.peakBytes.median;
  const cv = (contender: string, concurrency: number) =>
    cvs.find((one) => one.contender === contender && one.concurrency === concurrency);
  const cold = (name: string) => coldStarts.find((one) => one.name === name);
  const dollars = (name: string) => costs.find((one) => one.name === name)?.dollarsPerMillion;
  const bundleBytes = cold('on-upload')?.bundleBytes;
  return [
    { measure: 'peak memory, 100 MB / 1 MB', atMost: 1.1, value: ratio(peak('ours', 100), peak('ours', 1)) },
    { measure: 'peak memory of a read-back, 100 MB / 1 MB', atMost: 1.2, value: ratio(lookPeak(100), lookPeak(1)) },
    { measure: 'peak memory at 25 MB / naive', atMost: 0.33, value: ratio(peak('ours', 25), peak('naive', 25)) },
    { measure: 'peak memory at 25 MB / sdk', atMost: 0.3, value: ratio(peak('ours', 25), peak('sdk', 25)) },
    { measure: 'wall time at 25 MB / naive', atMost: 0.35, value: ratio(wall('ours', 25), wall('naive', 25)) },
    { measure: 'wall time at 100 MB / naive', atMost: 0.15, value: ratio(wall('ours', 100), wall('naive', 100)) },
    { measure: 'wall time at 25 MB / floor', atMost: 1.35, value: ratio(wall('ours', 25), wall('floor', 25)) },
    {
      measure: 'CPU per CV / naive, ledger on',
      atMost: 1,
      value: ratio(cv('ours', 1)?.cpuMsPerCv.median, cv('naive', 1)?.cpuMsPerCv.median),
    },
    {
      measure: 'CPU per CV / naive, ledger off',
      atMost: 0.5,
      value: ratio(cv('core', 1)?.cpuMsPerCv.median, cv('naive', 1)?.cpuMsPerCv.median),
    },
    {
      measure: 'CVs per second, 10 at a time / naive, ledger off',
      atLeast: 2.5,
      value: ratio(cv('core', 10)?.cvsPerSecond.median, cv('naive', 10)?.cvsPerSecond.median),
    },
    {
      measure: 'import time of on-upload / bare',
      atMost: 1.25,
      value: ratio(cold('on-upload')?.importMs.median, cold('bare')?.importMs.median),
    },
    {
      measure: 'modelled cost per million CVs / naive',
      atMost: 1,
      value: ratio(dollars('ours'), dollars('naive')),
    },
    {
      measure: 'on-upload bundle, kB',
      atMost: 600,
      value: bundleBytes === undefined ? undefined : bundleBytes / 1_000,
    },
  ];
};

const ratio = (ours: number | undefined, theirs: number | undefined): number | undefined =>
  ours === undefined || theirs === undefined ? undefined : ours / theirs;
