import { readFlags, UsageError } from '../../../infra/command-line.ts';

export interface BenchOptions {
  readonly sizesMb: readonly number[];
  readonly repeats: number;
  /** Fresh processes per function and peer for the cold start. */
  readonly coldStarts: number;
  readonly cvs: { readonly count: number; readonly warmUp: number };
  readonly json?: string;
  readonly chart?: string;
  readonly help: boolean;
}

export const usage = `npm run bench -- [--quick] [--repeats N] [--json FILE] [--chart FILE.svg]

Builds the functions and measures them on this machine against what a user would write instead.
  --quick        few sizes, one run each: checks that the bench works; its numbers say little about speed
  --repeats N    runs of each measurement (default 5)
  --json FILE    all numbers
  --chart FILE   memory and time against file size, as an SVG picture`;

const thorough = { sizesMb: [1, 10, 25, 50, 100], repeats: 5, coldStarts: 15, cvs: { count: 400, warmUp: 100 } };
const quick = { sizesMb: [1, 25, 100], repeats: 1, coldStarts: 2, cvs: { count: 20, warmUp: 10 } };

/** @throws {UsageError} naming the unknown or invalid option. */
export const readOptions = (args: readonly string[]): BenchOptions => {
  const { values } = readFlags({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      repeats: { type: 'string' },
      json: { type: 'string' },
      chart: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const base = values.quick ? quick : thorough;
  const repeats = Number(values.repeats ?? base.repeats);
  if (!Number.isInteger(repeats) || repeats < 1)
    throw new UsageError(`--repeats "${values.repeats}" is not a whole number from 1.`);
  if (values.chart !== undefined && !values.chart.endsWith('.svg')) throw new UsageError('--chart writes a .svg file.');
  return {
    ...base,
    repeats,
    ...(values.json !== undefined && { json: values.json }),
    ...(values.chart !== undefined && { chart: values.chart }),
    help: values.help,
  };
};
