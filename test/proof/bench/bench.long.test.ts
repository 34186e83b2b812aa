import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaults } from '../../../infra/parameters/options.ts';
import { memoryFor } from './cost.ts';
import { goalsOf } from './goals.ts';
import type { Numbers } from './measure.ts';

const program = path.join(import.meta.dirname, 'run.ts');
const run = promisify(execFile);

let folder = '';
let output = '';
let chart = '';
let numbers: Numbers;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cv-courier-bench-test-'));
  const files = { json: path.join(folder, 'numbers.json'), chart: path.join(folder, 'chart.svg') };
  const args = [program, '--quick', '--json', files.json, '--chart', files.chart];
  ({ stdout: output } = await run(process.execPath, args, { env: { ...process.env, TMPDIR: folder } }));
  numbers = JSON.parse(await readFile(files.json, 'utf8'));
  chart = await readFile(files.chart, 'utf8');
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const peakBytes = (contender: string, sizeMb: number): number => {
  const found = numbers.files.find((one) => one.contender === contender && one.sizeMb === sizeMb);
  return found?.peakBytes.median ?? Number.NaN;
};

test('the default memory of a function is enough for four concurrent files of 10 MB, with a reserve of half as much', () => {
  const ours = numbers.bursts.find(({ contender }) => contender === 'ours');
  expect(ours).toMatchObject({ files: 4, sizeMb: 10 });
  expect(memoryFor(ours?.peakBytes.highest ?? Number.NaN)).toBeLessThanOrEqual(Number(defaults.memoryMb));
  expect(output).toMatch(/^\| ours +\| +4, concurrently \| +10 \| +[\d.]+ \| +0\.\d+x \| +\d+ \|$/m);
});

test('the memory of a read-back does not grow with the file that it compares', () => {
  const peak = (sizeMb: number) => numbers.looks.find((one) => one.sizeMb === sizeMb)?.peakBytes.median ?? Number.NaN;
  // If the bytes that were read were left to the garbage collector, it would be 1.3 times; with copies of them, 2 times.
  expect(peak(100) / peak(1)).toBeLessThan(1.2);
});

test('on-upload needs less than half the memory of the peers for a file of 25 MB', () => {
  expect(peakBytes('ours', 25) / peakBytes('naive', 25)).toBeLessThan(0.5);
  expect(peakBytes('ours', 25) / peakBytes('sdk', 25)).toBeLessThan(0.5);
});

test('the bench measures every contender at every size and concurrency', () => {
  const pairs = numbers.files.map(({ contender, sizeMb }) => `${contender} ${sizeMb}`);
  expect(pairs).toHaveLength(15);
  expect(pairs).toContain('floor 100');
  expect(numbers.cvs.map(({ contender, concurrency }) => `${contender} ${concurrency}`)).toEqual([
    ...['ours 1', 'core 1', 'naive 1', 'sdk 1', 'floor 1'],
    ...['ours 10', 'core 10', 'naive 10', 'sdk 10', 'floor 10'],
  ]);
});

test('the parts of the bundle add up to its size', () => {
  const sum = numbers.makeup.reduce((bytes, part) => bytes + part.bytes, 0);
  const whole = numbers.coldStarts.find(({ name }) => name === 'on-upload')?.bundleBytes ?? 0;
  expect(sum / whole).toBeGreaterThan(0.9);
  expect(sum / whole).toBeLessThan(1.05);
});

test('the report of the bench has a line for every goal, and the arithmetic of the cost', () => {
  for (const { measure } of goalsOf(numbers)) expect(output).toContain(`| ${measure}`);
  expect(output).toMatch(/\| ours +\|.* ms CPU \/ 0\.\d+ = 2\.\d+ s x 0\.\d+ GB x \$0\.0000133334 x 1e6; compute /);
});

test('the chart of the bench is one picture with a line per contender and panel', () => {
  expect(chart).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox=/);
  expect(chart.match(/fill="none"/g)).toHaveLength(8);
  expect(chart).not.toMatch(/NaN|undefined|Infinity/);
});

test('the bench leaves no folder behind', async () => {
  expect((await readdir(folder)).sort()).toEqual(['chart.svg', 'numbers.json']);
});

test('Ctrl-C ends the bench and all processes that it started', async () => {
  const own = await mkdtemp(path.join(folder, 'interrupted-'));
  const bench = spawn(process.execPath, [program, '--quick'], {
    env: { ...process.env, TMPDIR: own },
    stdio: 'ignore',
  });
  const ended = once(bench, 'exit');
  const children = await untilChildrenOf(bench.pid ?? 0, 4);
  bench.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
  const left = await processes();
  expect(left.filter(({ pid }) => children.includes(pid))).toEqual([]);
  expect(await readdir(own)).toEqual([]);
  await rm(own, { recursive: true });
});

/** Running processes; one that has ended but was not reaped yet (Z) does not count. */
const processes = async (): Promise<{ pid: number; parent: number }[]> => {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,stat=']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state]) => !state?.startsWith('Z'))
    .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }));
};

/** The children of a process once there are this many: three servers, and the compiler or the first trial. */
const untilChildrenOf = async (pid: number, count: number): Promise<number[]> => {
  for (;;) {
    const children = (await processes()).filter(({ parent }) => parent === pid);
    if (children.length >= count) return children.map((child) => child.pid);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
