import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { problemsOf } from './documented-request.ts';
import { deployed } from './template/deployed.ts';
import { resourcesOf } from './template/template.ts';

/*
 * The commands that alarms and pages give to an operator, as a shell reads them. `aws` and `npm` are functions that print their
 * arguments, so the shell itself interprets quotes and line ends. readme-examples.test.ts checks requests without a command.
 */

const root = path.join(import.meta.dirname, '../..');
const pages = ['README.md', 'infra/README.md', 'infra/local/README.md'];

/** The arguments that a command passes to `aws` or `npm`, one list for each call. */
const callsOf = async (command: string): Promise<readonly (readonly string[])[]> => {
  const printing = 'aws() { printf "%s\\0" "$@" >&3; printf "\\1" >&3; }; npm() { aws "$@"; }; cat() { :; };';
  // PATH leads nowhere, so a command can call no program of this machine.
  const script = `exec 3>&1 1>/dev/null; ${printing} PATH=/nowhere; ${command}`;
  const { stdout } = await promisify(execFile)('/bin/bash', ['-c', script]);
  return stdout
    .split('\u0001')
    .slice(0, -1)
    .map((call) => call.split('\0').slice(0, -1));
};

/** The argument after `--payload` of the AWS CLI, or after the name of the function. */
const requestIn = (call: readonly string[]): unknown => {
  const before = call.includes('--payload') ? '--payload' : 'on-demand';
  return JSON.parse(call[call.indexOf(before) + 1] ?? '');
};

const read = (page: string): Promise<string> => readFile(path.join(root, page), 'utf8');

/** The commands of a text, each joined with its continuation lines. */
const commandsIn = (text: string, begins: RegExp): readonly string[] => {
  const lines = text.replaceAll(/\\\n */g, ' ').split('\n');
  return lines.map((line) => line.trim()).filter((line) => begins.test(line));
};

test('the first command of an alarm is one shell command, with a request that on-demand accepts', async () => {
  const template = await deployed({ attachWithinSeconds: '600', outcomeBus: 'default' });
  const texts = resourcesOf(template, 'AWS::CloudWatch::Alarm').map(([, own]) => String(own.AlarmDescription));
  const commands = texts.flatMap((text) =>
    [...text.matchAll(/^First: ((?:AWS_MAX_ATTEMPTS=1 )?aws .*)$/gm)].map(([, command = '']) => command),
  );
  expect(texts.length - commands.length).toBeLessThanOrEqual(3);
  const asking: unknown[] = [];
  for (const command of commands) {
    const calls = await callsOf(command);
    expect(calls, command).toHaveLength(1);
    const [call = []] = calls;
    if (call[0] !== 'lambda' || call[1] !== 'invoke') continue;
    expect(problemsOf(requestIn(call)), command).toEqual([]);
    asking.push(requestIn(call));
  }
  expect(asking).toContainEqual({ action: 'status' });
  expect(asking).toContainEqual({ action: 'status', list: 'rejected' });
  expect(asking).toContainEqual({ action: 'check' });
});

test('the commands of each page, with npm or the AWS CLI, send requests that on-demand accepts', async () => {
  const begins = /^(?:AWS_MAX_ATTEMPTS=1 )?(?:aws lambda invoke|npm run invoke .*on-demand) /;
  const commands = (await Promise.all(pages.map(read))).flatMap((text) => commandsIn(text, begins));
  expect(commands.length).toBeGreaterThanOrEqual(4);
  for (const command of commands) {
    const [call = []] = await callsOf(command);
    expect(problemsOf(requestIn(call)), command).toEqual([]);
  }
});
