import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { onTestFinished } from 'vitest';

const root = path.join(import.meta.dirname, '..', '..', '..');

export interface Command {
  readonly child: ChildProcess;
  /** What it has written so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Its exit code, once it has ended and all of its output has arrived. */
  readonly ended: Promise<number | null>;
}

/** `npm start` or `npm run invoke`, as package.json runs them, with free ports. */
export const command = (
  name: 'start' | 'invoke',
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Command => spawned(process.execPath, [path.join(root, 'infra', 'local', `${name}.ts`), ...args], env);

/** npm itself, as a user types it. */
export const npm = (args: readonly string[]): Command => spawned('npm', args);

const spawned = (program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Command => {
  const { FORCE_COLOR: _, NO_COLOR: __, ...shell } = process.env;
  const child = spawn(program, args, {
    cwd: root,
    env: { ...shell, PORT_BASE: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, stdout: () => stdout, stderr: () => stderr, ended };
};
