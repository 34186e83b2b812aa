import { createWriteStream } from 'node:fs';
import path from 'node:path';
import type { BuiltHandler } from './build-handlers.ts';
import { type Lambda, startLambda } from './function.ts';

export interface FunctionsOptions {
  readonly handlers: readonly BuiltHandler[];
  readonly env: Readonly<Record<string, string>>;
  /** The folder for the logs. Each run starts new ones. */
  readonly logs: string;
  /** Applies to every function whose events are retried. */
  readonly retryDelaysMs: readonly number[];
  readonly onLine: (functionName: string, line: string) => void;
}

export interface Functions {
  readonly byName: ReadonlyMap<string, Lambda>;
  close(): Promise<void>;
}

/** A delivery starts only with at least 30 s left. */
const timeoutMs = 60_000;
const closeGraceMs = 1_500;

/** Like reserved concurrency on AWS; each invocation has its own process. */
const concurrency: Readonly<Record<string, number>> = { 'on-upload': 4 };

/** As set by maximumRetryAttempts in serverless.yml: the next run is the retry. */
const neverRepeated: readonly string[] = ['on-schedule'];

/** Makes the built handlers invocable; a process starts with the first event for it. */
export const startFunctions = ({ handlers, env, logs, retryDelaysMs, onLine }: FunctionsOptions): Functions => {
  const started = handlers.map(({ name, modulePath }) => {
    const log = createWriteStream(path.join(logs, `${name}.log`));
    const lambda = startLambda({
      name,
      modulePath,
      env: { ...env, AWS_LAMBDA_FUNCTION_NAME: name },
      concurrency: concurrency[name] ?? 1,
      timeoutMs,
      retryDelaysMs: neverRepeated.includes(name) ? [] : retryDelaysMs,
      onLine: (line) => {
        log.write(`${line}\n`);
        onLine(name, line);
      },
    });
    const close = async (): Promise<void> => {
      await lambda.close(closeGraceMs);
      log.end();
    };
    return { lambda, close };
  });
  return {
    byName: new Map(started.map(({ lambda }) => [lambda.name, lambda])),
    async close() {
      await Promise.all(started.map(({ close }) => close()));
    },
  };
};
