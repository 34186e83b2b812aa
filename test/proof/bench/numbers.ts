import type { Cost } from './cost.ts';
import type { ImportCost } from './makeup.ts';
import type { BurstNumbers } from './measure-bursts.ts';
import type { ColdStartNumbers } from './measure-cold-starts.ts';
import type { CvNumbers } from './measure-cvs.ts';
import type { FileNumbers } from './measure-files.ts';
import type { LookNumbers } from './measure-looks.ts';

/** All results of one run of the bench. */
export interface Numbers {
  readonly machine: { readonly node: string; readonly cpu: string; readonly cores: number };
  readonly files: readonly FileNumbers[];
  readonly bursts: readonly BurstNumbers[];
  readonly looks: readonly LookNumbers[];
  readonly cvs: readonly CvNumbers[];
  readonly coldStarts: readonly ColdStartNumbers[];
  readonly imports: readonly ImportCost[];
  readonly makeup: readonly { readonly part: string; readonly bytes: number }[];
  readonly costs: readonly Cost[];
}
