import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type FunctionError,
  FunctionFailed,
  type LambdaProcess,
  type LambdaProcessOptions,
  startLambdaProcess,
} from './process.ts';

export interface LambdaOptions extends LambdaProcessOptions {
  readonly name: string;
  /** Maximum number of processes, like reserved concurrency; more events have to wait. */
  readonly concurrency: number;
  readonly timeoutMs: number;
  /** Waits before a failed event is retried. Lambda waits one minute, then two. */
  readonly retryDelaysMs: readonly number[];
}

/** The result of an event that was sent without waiting for an answer. */
export type InvocationResult =
  | { readonly ok: true; readonly result: unknown }
  /** All attempts failed. On AWS the event would now be in the failure queue. */
  | { readonly ok: false; readonly error: FunctionError };

export interface Lambda {
  readonly name: string;
  /** Running processes; each serves one invocation at a time. */
  readonly pids: readonly number[];
  /**
   * Invokes the function and waits for the answer, as the AWS console does.
   * @throws {FunctionFailed}
   */
  invoke(event: unknown, requestId?: string, clientContext?: unknown): Promise<unknown>;
  /** Sends an event as S3 and EventBridge do: it is retried when the function fails. Never rejects. */
  send(event: unknown, requestId?: string): Promise<InvocationResult>;
  /** Kills the running processes immediately, also during an invocation. The next event starts new ones. */
  kill(): Promise<void>;
  /** Accepts no more events, gives running invocations this long to finish, then ends every process. */
  close(graceMs: number): Promise<void>;
}

/**
 * A function with its warm processes: the behaviour of Lambda that a handler can notice. A process runs one invocation
 * at a time, because the logger and the metrics hold the context of only one request.
 */
export const startLambda = (options: LambdaOptions): Lambda => {
  const { name, concurrency, timeoutMs, retryDelaysMs } = options;
  const closing = new AbortController();
  const processes = new Set<LambdaProcess>();
  const idle: LambdaProcess[] = [];
  const waiting: (() => void)[] = [];
  const inProgress = new Set<Promise<unknown>>();
  let free = concurrency;

  const passTurn = (): void => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };

  const warmProcess = (): LambdaProcess => {
    let warm = idle.pop();
    while (warm && !warm.alive) {
      processes.delete(warm);
      warm = idle.pop();
    }
    warm ??= startLambdaProcess(options);
    processes.add(warm);
    return warm;
  };

  const invokeNow = async (event: unknown, requestId: string, clientContext: unknown): Promise<unknown> => {
    if (closing.signal.aborted) throw stoppingError();
    const worker = warmProcess();
    try {
      const deadlineMs = Date.now() + timeoutMs;
      return await worker.invoke({ requestId, functionName: name, event, clientContext, deadlineMs });
    } catch (error) {
      // Lambda writes this line itself, because the function may have died before it could log anything.
      const failed = { level: 'ERROR', message: 'Invoke Error', detail: String(error), function_request_id: requestId };
      options.onLine(JSON.stringify(failed));
      throw error;
    } finally {
      if (worker.alive) idle.push(worker);
      else processes.delete(worker);
    }
  };

  const invoke: Lambda['invoke'] = async (event, requestId = randomUUID(), clientContext = undefined) => {
    // Started in the same tick when a process is free, so that a `close` right after it waits for it.
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    const running = invokeNow(event, requestId, clientContext).finally(passTurn);
    inProgress.add(running);
    try {
      return await running;
    } finally {
      inProgress.delete(running);
    }
  };

  const send: Lambda['send'] = async (event, requestId = randomUUID()) => {
    for (const delayMs of [...retryDelaysMs, undefined]) {
      try {
        return { ok: true, result: await invoke(event, requestId) };
      } catch (error) {
        const failed = error instanceof FunctionFailed ? error : stoppingError();
        if (delayMs === undefined || closing.signal.aborted) return { ok: false, error: failed.error };
        await sleep(delayMs, undefined, { signal: closing.signal }).catch(() => undefined);
      }
    }
    return { ok: false, error: stoppingError().error };
  };

  const kill = async (): Promise<void> => {
    await Promise.all([...processes].map((worker) => worker.kill()));
  };

  return {
    name,
    get pids() {
      return [...processes].flatMap(({ alive, pid }) => (alive && pid !== undefined ? [pid] : []));
    },
    invoke,
    send,
    kill,
    async close(graceMs) {
      closing.abort();
      // Invocations that wait for a process find the function closed and end.
      const done = Promise.allSettled([...inProgress]);
      await Promise.race([done, sleep(graceMs, undefined, { ref: false })]);
      await kill();
      await done;
    },
  };
};

const stoppingError = (): FunctionFailed =>
  new FunctionFailed({ errorType: 'Stopped', errorMessage: 'The local stack is stopping.' });
