import { availableParallelism, cpus } from 'node:os';
import { costsOf } from './cost.ts';
import { makeupOf, measureImports } from './makeup.ts';
import { measureBursts } from './measure-bursts.ts';
import { measureColdStarts } from './measure-cold-starts.ts';
import { measureCvs } from './measure-cvs.ts';
import { measureFiles } from './measure-files.ts';
import { measureLooks } from './measure-looks.ts';
import type { Numbers } from './numbers.ts';
import type { BenchOptions } from './options.ts';
import type { Progress } from './progress.ts';
import type { Stage } from './stage.ts';

/** All measurements, one after another, because concurrent ones would disturb each other. */
export const measure = async (stage: Stage, options: BenchOptions, progress: Progress): Promise<Numbers> => {
  const coldStarts = await measureColdStarts(stage, options.coldStarts, progress);
  const imports = await measureImports(stage, options.coldStarts, progress);
  const files = await measureFiles(stage, options, progress);
  const bursts = await measureBursts(stage, options, progress);
  const looks = await measureLooks(stage, options, progress);
  const cvs = await measureCvs(stage, options, progress);
  const onUpload = stage.built.functions.find(({ name }) => name === 'on-upload');
  return {
    machine: { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism() },
    files,
    bursts,
    looks,
    cvs,
    coldStarts,
    imports,
    makeup: onUpload ? await makeupOf(onUpload) : [],
    costs: costsOf({ bursts, cvs }),
  };
};
