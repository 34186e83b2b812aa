import { assumptions, memoryFor } from './cost.ts';
import { type Goal, goalsOf, reached } from './goals.ts';
import type { Numbers } from './measure.ts';
import type { Summary } from './statistics.ts';

/** The tables that are printed and shown in the documentation. Medians; in brackets, the range of the middle half of the runs. */
export const reportOf = (numbers: Numbers): string =>
  [
    `Node ${numbers.machine.node}, ${numbers.machine.cores} x ${numbers.machine.cpu}`,
    section('One file in a warm process', fileTable(numbers)),
    section('Four files of 10 MB in one event, and the memory of a function for it', burstTable(numbers)),
    section('One read-back in a warm process', lookTable(numbers)),
    section('CVs of 300 kB', cvTable(numbers)),
    section('Cold start', coldStartTable(numbers)),
    section('Imports of on-upload, each alone', importTable(numbers)),
    section('Composition of the on-upload bundle', makeupTable(numbers)),
    section(
      `Modelled cost of a million CVs, with Kombo answering in ${assumptions.komboMs / 1_000} s`,
      costTable(numbers),
    ),
    section('Goals', goalTable(goalsOf(numbers))),
  ].join('\n\n');

const section = (title: string, rows: readonly (readonly string[])[]): string => `## ${title}\n\n${table(rows)}`;

/** A Markdown table that reads well as plain text, too. */
const table = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (column === 0 ? (row[column] ?? '').padEnd(width) : (row[column] ?? '').padStart(width))).join(' | ')} |`;
  const [head = [], ...body] = rows;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...body.map(line)].join('\n');
};

const digits = (value: number): string => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
const spread = ({ median, low, high }: Summary, scale = 1): string =>
  low === high ? digits(median * scale) : `${digits(median * scale)} (${digits(low * scale)}-${digits(high * scale)})`;
const times = (value: Summary | undefined, base: Summary | undefined): string =>
  value && base ? `${(value.median / base.median).toFixed(2)}x` : '';

const fileTable = ({ files }: Numbers): string[][] => {
  const naive = (sizeMb: number) => files.find((one) => one.contender === 'naive' && one.sizeMb === sizeMb);
  return [
    ['', 'MB', 'peak memory, MB', '/ naive', 'wall, ms', '/ naive', 'CPU, ms', '/ naive'],
    ...files.map(({ contender, sizeMb, peakBytes, wallMs, cpuMs }) => [
      contender,
      String(sizeMb),
      spread(peakBytes, 1e-6),
      times(peakBytes, naive(sizeMb)?.peakBytes),
      spread(wallMs),
      times(wallMs, naive(sizeMb)?.wallMs),
      spread(cpuMs),
      times(cpuMs, naive(sizeMb)?.cpuMs),
    ]),
  ];
};

const burstTable = ({ bursts }: Numbers): string[][] => {
  const naive = bursts.find(({ contender }) => contender === 'naive');
  return [
    ['', 'files', 'MB each', 'peak memory, MB', '/ naive', "function's memory, MB"],
    ...bursts.map(({ contender, files, sizeMb, peakBytes }) => [
      contender,
      `${files}, ${contender === 'ours' ? 'concurrently' : 'in turn'}`,
      String(sizeMb),
      spread(peakBytes, 1e-6),
      times(peakBytes, naive?.peakBytes),
      String(memoryFor(peakBytes.highest)),
    ]),
  ];
};

const lookTable = ({ looks }: Numbers): string[][] => [
  ['MB', 'peak memory, MB', 'wall, ms', 'CPU, ms'],
  ...looks.map(({ sizeMb, peakBytes, wallMs, cpuMs }) => [
    String(sizeMb),
    spread(peakBytes, 1e-6),
    spread(wallMs),
    spread(cpuMs),
  ]),
];

const cvTable = ({ cvs }: Numbers): string[][] => {
  const naive = (concurrency: number) =>
    cvs.find((one) => one.contender === 'naive' && one.concurrency === concurrency);
  return [
    ['', 'at a time', 'CPU per CV, ms', '/ naive', 'CVs per s', '/ naive', 'GC, % of time'],
    ...cvs.map(({ contender, concurrency, cpuMsPerCv, cvsPerSecond, gcShare }) => [
      contender,
      String(concurrency),
      spread(cpuMsPerCv),
      times(cpuMsPerCv, naive(concurrency)?.cpuMsPerCv),
      spread(cvsPerSecond),
      times(cvsPerSecond, naive(concurrency)?.cvsPerSecond),
      spread(gcShare, 100),
    ]),
  ];
};

const coldStartTable = ({ coldStarts }: Numbers): string[][] => {
  const bare = coldStarts.find(({ name }) => name === 'bare');
  return [
    ['', 'bundle, kB', 'spawn to ready, ms', 'import, ms', '/ bare', 'import CPU, ms', 'first CV, ms'],
    ...coldStarts.map(({ name, bundleBytes, readyMs, importMs, importCpuMs, firstMs }) => [
      name,
      (bundleBytes / 1_000).toFixed(0),
      spread(readyMs),
      spread(importMs),
      times(importMs, bare?.importMs),
      spread(importCpuMs),
      firstMs.median > 0 ? spread(firstMs) : '',
    ]),
  ];
};

const importTable = ({ imports }: Numbers): string[][] => [
  ['', 'import, ms', 'CPU, ms'],
  ...imports.map(({ part, importMs, importCpuMs }) => [part, spread(importMs), spread(importCpuMs)]),
];

const makeupTable = ({ makeup }: Numbers): string[][] => {
  const shown = makeup.slice(0, 14);
  const rest = makeup.slice(14).reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    ['', 'kB'],
    ...[...shown, { part: `${makeup.length - shown.length} more`, bytes: rest }].map(({ part, bytes }) => [
      part,
      (bytes / 1_000).toFixed(1),
    ]),
  ];
};

const costTable = ({ costs }: Numbers): string[][] => [
  ['', 'dollars', 'arithmetic'],
  ...costs.map(({ name, dollarsPerMillion, arithmetic }) => [name, dollarsPerMillion.toFixed(2), arithmetic]),
];

const goalTable = (goals: readonly Goal[]): string[][] => [
  ['', 'goal', 'measured', ''],
  ...goals.map((goal) => [
    goal.measure,
    goal.atMost === undefined ? `>= ${goal.atLeast}` : `<= ${goal.atMost}`,
    goal.value === undefined ? '' : goal.value.toFixed(goal.value > 100 ? 0 : 2),
    { true: 'reached', false: 'not reached', undefined: 'not measured' }[String(reached(goal))] ?? '',
  ]),
];
