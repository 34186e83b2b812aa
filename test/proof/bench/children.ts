import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { BenchError } from './bench-error.ts';

export interface Children {
  /**
   * Starts a process, and gives it its work, if any; then it must end after its message.
   * @returns its first message; with work, once it has ended, so that it does not disturb the next one
   * @throws {BenchError} with its last output, when it ends or takes too long before
   */
  start(modulePath: string, maxMs: number, work?: object): Promise<unknown>;
  /** Ends every process that was started here, immediately. */
  stop(): Promise<void>;
}

/** @param env for all of them; of this process's own environment they get only PATH. */
export const childrenWith = (env: () => Readonly<Record<string, string>>): Children => {
  const alive = new Map<ChildProcess, Promise<unknown>>();

  const start: Children['start'] = async (modulePath, maxMs, work) => {
    const child = fork(modulePath, {
      env: { PATH: process.env.PATH ?? '', ...env() },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      cwd: '/',
    });
    const ended = once(child, 'exit');
    alive.set(child, ended);
    let complaint = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-2_000);
    });
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const fail = (what: string) => reject(new BenchError(`${modulePath} ${what}. ${complaint}`.trim()));
    const timer = setTimeout(() => {
      fail(`sent nothing for ${maxMs / 1000} s`);
      child.kill('SIGKILL');
    }, maxMs);
    child.once('message', resolve);
    child.once('close', (code, signal) => {
      alive.delete(child);
      fail(`ended (${signal ?? code})`);
    });
    if (work) child.send(work);
    const message = await promise.finally(() => clearTimeout(timer));
    if (work) await ended;
    return message;
  };

  const stop = async (): Promise<void> => {
    for (const child of alive.keys()) child.kill('SIGKILL');
    await Promise.all(alive.values());
  };

  return { start, stop };
};
