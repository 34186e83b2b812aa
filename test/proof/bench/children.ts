import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as v from 'valibot';
import { BenchError } from './bench-error.ts';
import type { TimedResult, Trial, TrialResult } from './trial-terms.ts';

export interface Children {
  /** Starts a server and waits until it listens. */
  server(modulePath: string): Promise<string>;
  trial(runnerPath: string, trial: Trial): Promise<TimedResult>;
  /** Ends every process that was started here, immediately. */
  stop(): Promise<void>;
}

const longestStartMs = 30_000;
const longestTrialMs = 180_000;

const started = v.object({ url: v.string() });

/** @param env for all of them; of this process's own environment they get only PATH. */
export const childrenWith = (env: () => Readonly<Record<string, string>>): Children => {
  const alive = new Set<ChildProcess>();

  const start = (modulePath: string): ChildProcess => {
    const options: SpawnOptions = {
      env: { PATH: process.env.PATH ?? '', ...env() },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      cwd: '/',
    };
    const child = spawn(process.execPath, [modulePath], options);
    alive.add(child);
    child.once('exit', () => alive.delete(child));
    return child;
  };

  const server: Children['server'] = async (modulePath) => {
    const child = start(modulePath);
    const fate = dead(child, modulePath);
    const listening = once(child, 'message', { signal: AbortSignal.timeout(longestStartMs) });
    const [message] = await Promise.race([listening, fate]);
    return v.parse(started, message).url;
  };

  const trial: Children['trial'] = async (runnerPath, work) => {
    const begin = performance.now();
    const child = start(runnerPath);
    let readyMs = 0;
    const { promise, resolve, reject } = Promise.withResolvers<TrialResult>();
    child.on('message', (message: { ready?: true; result?: TrialResult; error?: string }) => {
      if (message.ready) readyMs = performance.now() - begin;
      if (message.result) resolve(message.result);
      if (message.error !== undefined) reject(new BenchError(`${work.modulePath}: ${message.error}`));
    });
    dead(child, work.modulePath).catch(reject);
    const timer = setTimeout(() => {
      reject(new BenchError(`${work.modulePath}: no result after ${longestTrialMs / 1000} s.`));
      child.kill('SIGKILL');
    }, longestTrialMs);
    child.send(work);
    try {
      return { ...(await promise), readyMs };
    } finally {
      clearTimeout(timer);
      if (alive.has(child)) await once(child, 'exit');
    }
  };

  const stop = async (): Promise<void> => {
    await Promise.all(
      [...alive].map(async (child) => {
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      }),
    );
  };

  return { server, trial, stop };
};

/** Rejects with the last output of the process when it ends on its own. */
const dead = (child: ChildProcess, modulePath: string): Promise<never> => {
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2_000);
  });
  const { promise, reject } = Promise.withResolvers<never>();
  child.once('exit', (code, signal) =>
    reject(new BenchError(`${modulePath} ended (${signal ?? code}). ${complaint.trim()}`.trim())),
  );
  promise.catch(() => undefined);
  return promise;
};
