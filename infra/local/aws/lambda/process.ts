import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

// Messages between the stack and a function's process. Both sides are our code, so they are not validated.

export interface Invocation {
  readonly requestId: string;
  readonly functionName: string;
  readonly event: unknown;
  /** The caller's client context. */
  readonly clientContext?: unknown;
  /** The time at which the function is ended, in milliseconds since the epoch. */
  readonly deadlineMs: number;
}

/** An error in the form that Lambda returns. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export type Answer =
  | { readonly requestId: string; readonly ok: true; readonly result: unknown }
  | { readonly requestId: string; readonly ok: false; readonly error: FunctionError };

/** The function threw, ran out of time, or its process died: the three cases that Lambda calls a function error. */
export class FunctionFailed extends Error {
  override readonly name = 'FunctionFailed';
  readonly error: FunctionError;

  constructor(error: FunctionError) {
    super(`${error.errorType}: ${error.errorMessage}`);
    this.error = error;
  }
}

export interface LambdaProcessOptions {
  /** A built `index.mjs`. */
  readonly modulePath: string;
  /** The whole environment: no variable of the shell reaches the function. */
  readonly env: Readonly<Record<string, string>>;
  /** A line of its log. */
  readonly onLine: (line: string) => void;
}

export interface LambdaProcess {
  readonly pid: number | undefined;
  readonly alive: boolean;
  /**
   * Runs one invocation; only one at a time is allowed.
   * @throws {FunctionFailed} also on a timeout: the process is then ended, as Lambda does.
   */
  invoke(invocation: Invocation): Promise<unknown>;
  /** Ends the process immediately, as a crash would. Resolves after its last log line. */
  kill(): Promise<void>;
}

const workerPath = path.join(import.meta.dirname, 'worker.ts');

/** A warm process of a function. It ends together with the stack's process, even when that is killed. */
export const startLambdaProcess = ({ modulePath, env, onLine }: LambdaProcessOptions): LambdaProcess => {
  const execArgv = heapLimits(Number(env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE));
  const child = fork(workerPath, [modulePath], { env, execArgv, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  for (const output of [child.stdout, child.stderr]) {
    if (output) createInterface({ input: output }).on('line', onLine);
  }
  // 'exit' reports the error too, but without a listener it would be thrown.
  child.on('error', () => undefined);
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const alive = () => child.exitCode === null && child.signalCode === null && child.connected && !child.killed;

  return {
    pid: child.pid,
    get alive() {
      return alive();
    },
    async invoke(invocation) {
      const answer = await answerOf(child, invocation);
      if (answer.ok) return answer.result;
      throw new FunctionFailed(answer.error);
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
};

/**
 * The limits that Lambda's runtime gives V8, because without them its heap grows with the memory of this machine.
 * A tenth of the function's memory is for new objects, in two halves. No limits if the memory is not set.
 * Source: the start script of Lambda's Node runtime, as published by people who read it; AWS does not document it.
 */
const heapLimits = (memoryMb: number): string[] => {
  if (!(memoryMb > 0)) return [];
  const newSpaceMb = Math.floor(memoryMb / 10);
  return [`--max-semi-space-size=${Math.floor(newSpaceMb / 2)}`, `--max-old-space-size=${memoryMb - newSpaceMb}`];
};

const answerOf = (child: ChildProcess, invocation: Invocation): Promise<Answer> =>
  new Promise((resolve) => {
    const { requestId, deadlineMs } = invocation;
    const finish = (answer: Answer) => {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(answer);
    };
    const fail = (errorType: string, errorMessage: string) =>
      finish({ requestId, ok: false, error: { errorType, errorMessage } });
    const onMessage = (message: unknown) => {
      const answer = message as Answer;
      if (answer.requestId === requestId) finish(answer);
    };
    const onExit = (code: number | null, signal: string | null) =>
      fail('Runtime.ExitError', `The process of the function ended with ${signal ?? code}.`);
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail('Sandbox.Timedout', 'The function ran out of time.');
    }, deadlineMs - Date.now());

    child.on('message', onMessage);
    child.once('exit', onExit);
    child.send(invocation, (error) => {
      if (error) fail('Runtime.ExitError', 'The process of the function has ended.');
    });
  });
