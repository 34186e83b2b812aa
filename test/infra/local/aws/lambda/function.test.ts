import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Lambda, type LambdaOptions, startLambda } from '../../../../../infra/local/aws/lambda/function.ts';
import { isRunning } from '../../../../fakes/is-running.ts';
import { newFolder, remove } from '../../../../fakes/temporary-folder.ts';

/** A handler that does what its event says. */
const handlerSource = `
let invocations = 0;
let under = 0;
export const handler = async (event, context) => {
  invocations += 1;
  under += 1;
  try {
    console.log(JSON.stringify({ got: event.do }));
    if (event.do === 'wait') await new Promise((resolve) => setTimeout(resolve, event.ms));
    if (event.do === 'throw') throw new RangeError('no such thing');
    if (event.do === 'throw-at-first' && invocations < event.good) throw new Error('not yet');
    if (event.do === 'die') process.kill(process.pid, 'SIGKILL');
    if (event.do === 'exit') process.exit(3);
    if (event.do === 'hang') await new Promise(() => setInterval(() => {}, 1000));
    if (event.do === 'nothing') return undefined;
    if (event.do === 'interrupt') process.kill(process.pid, 'SIGINT');
    return {
      pid: process.pid, invocations, under, env: process.env.GREETING, home: process.env.HOME ?? null,
      execArgv: process.execArgv,
      name: context.functionName, id: context.awsRequestId, left: context.getRemainingTimeInMillis(),
    };
  } finally { under -= 1; }
};`;

interface Answer {
  readonly pid: number;
  readonly invocations: number;
  readonly under: number;
  readonly env: string;
  readonly home: string | null;
  readonly name: string;
  readonly id: string;
  readonly left: number;
}

let modulePath: string;
beforeAll(async () => {
  const folder = await newFolder();
  modulePath = path.join(folder, 'index.mjs');
  await writeFile(modulePath, handlerSource);
  return () => remove(folder);
});

const start = (options: Partial<LambdaOptions> = {}): Lambda => {
  const lambda = startLambda({
    name: 'on-test',
    modulePath,
    env: { GREETING: 'hello' },
    concurrency: 1,
    timeoutMs: 20_000,
    retryDelaysMs: [1, 1],
    onLine: () => undefined,
    ...options,
  });
  onTestFinished(() => lambda.close(0));
  return lambda;
};

const answerOf = async (answer: Promise<unknown>): Promise<Answer> => (await answer) as Answer;

describe('an invocation', () => {
  test('an invocation gets the event, a context and nothing of the environment of the stack, and its answer is returned', async () => {
    const answer = await answerOf(start().invoke({ do: 'tell' }, 'request-1'));
    expect(answer).toMatchObject({ name: 'on-test', id: 'request-1', env: 'hello', home: null });
    expect(answer.left).toBeGreaterThan(0);
    expect(answer.left).toBeLessThanOrEqual(20_000);
  });

  test("a function's heap has the limits that Lambda gives it for its memory", async () => {
    const env = { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '192' };
    const answer = await answerOf(start({ env }).invoke({ do: 'tell' }));
    expect(answer).toMatchObject({ execArgv: ['--max-semi-space-size=9', '--max-old-space-size=173'] });
  });

  test('an invocation that returns nothing answers null, as on Lambda', async () => {
    expect(await start().invoke({ do: 'nothing' })).toBeNull();
  });

  test('an invocation that throws rejects with the type and the message', async () => {
    await expect(start().invoke({ do: 'throw' })).rejects.toMatchObject({
      name: 'FunctionFailed',
      error: { errorType: 'RangeError', errorMessage: 'no such thing' },
    });
  });

  test('an invocation that runs out of time is stopped, and the next one gets a new process', async () => {
    const lambda = start({ timeoutMs: 3_000 });
    await expect(lambda.invoke({ do: 'hang' })).rejects.toMatchObject({ error: { errorType: 'Sandbox.Timedout' } });
    expect(await answerOf(lambda.invoke({ do: 'tell' }))).toMatchObject({ invocations: 1 });
  });

  test.each([['die'], ['exit']])(
    'an invocation whose process ends (%s) fails, and the next one gets a new process',
    async (how) => {
      const lambda = start();
      await expect(lambda.invoke({ do: how })).rejects.toMatchObject({ error: { errorType: 'Runtime.ExitError' } });
      expect(await answerOf(lambda.invoke({ do: 'tell' }))).toMatchObject({ invocations: 1 });
    },
  );

  test('an invocation of a module that cannot be loaded fails with the reason', async () => {
    const broken = path.join(path.dirname(modulePath), 'broken.mjs');
    await writeFile(broken, "throw new Error('the bundle is broken');");
    await expect(start({ modulePath: broken }).invoke({})).rejects.toThrow('the bundle is broken');
  });

  test('an invocation of a module without a handler fails with the reason', async () => {
    const empty = path.join(path.dirname(modulePath), 'empty.mjs');
    await writeFile(empty, 'export const other = 1;');
    await expect(start({ modulePath: empty }).invoke({})).rejects.toThrow('exports no function named "handler"');
  });

  test('an invocation continues after Ctrl-C: the stack decides when it ends', async () => {
    expect(await answerOf(start().invoke({ do: 'interrupt' }))).toMatchObject({ invocations: 1 });
  });
});

describe('processes', () => {
  test('the processes of a function serve one invocation at a time, and their number stays within the limit', async () => {
    const lambda = start({ concurrency: 2 });
    const answers = await Promise.all(Array.from({ length: 8 }, () => answerOf(lambda.invoke({ do: 'wait', ms: 20 }))));
    expect(answers.map(({ under }) => under)).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    expect(new Set(answers.map(({ pid }) => pid)).size).toBe(2);
  });

  test('the processes of a function end with it, even in the middle of an invocation', async () => {
    const lambda = start({ concurrency: 2 });
    await lambda.invoke({ do: 'tell' });
    const hanging = lambda.invoke({ do: 'hang' });
    const pids = lambda.pids;
    await Promise.all([lambda.close(0), expect(hanging).rejects.toThrow('Runtime.ExitError')]);
    expect(pids).toHaveLength(1);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test('processes that are nearly finished may do so when the function closes', async () => {
    const lambda = start();
    await lambda.invoke({ do: 'tell' });
    const slow = answerOf(lambda.invoke({ do: 'wait', ms: 100 }));
    await lambda.close(10_000);
    expect(await slow).toMatchObject({ invocations: 2 });
  });
});

describe('an event that is sent without waiting for its answer', () => {
  test('an event that is sent without waiting for its answer is repeated when the function fails', async () => {
    expect(await start().send({ do: 'throw-at-first', good: 3 })).toMatchObject({
      ok: true,
      result: { invocations: 3 },
    });
  });

  test('an event that is sent without waiting for its answer is given up after two repeats, with the last error', async () => {
    const lines: string[] = [];
    const result = await start({ onLine: (line) => lines.push(line) }).send({ do: 'throw' });
    expect(result).toMatchObject({ ok: false, error: { errorType: 'RangeError', errorMessage: 'no such thing' } });
    expect(lines.filter((line) => line === '{"got":"throw"}')).toHaveLength(3);
  });

  test('an event that is sent without waiting for its answer is repeated when its process is killed', async () => {
    const started = Promise.withResolvers<void>();
    const lambda = start({ onLine: () => started.resolve() });
    const result = lambda.send({ do: 'wait', ms: 100 });
    await started.promise;
    await lambda.kill();
    expect(await result).toMatchObject({ ok: true, result: { invocations: 1 } });
  });

  test('an event that is sent without waiting for its answer is not started once the function closes', async () => {
    const lambda = start();
    const first = lambda.send({ do: 'wait', ms: 50 });
    const waiting = lambda.send({ do: 'tell' });
    await lambda.close(10_000);
    expect(await first).toMatchObject({ ok: true });
    expect(await waiting).toMatchObject({ ok: false, error: { errorType: 'Stopped' } });
  });
});

test('a process of a function that ends without a log line is reported', async () => {
  const lines: string[] = [];
  const lambda = start({ onLine: (line) => lines.push(line) });
  await expect(lambda.invoke({ do: 'exit' }, 'request-1')).rejects.toThrow();
  expect(JSON.parse(lines.at(-1) ?? '')).toEqual({
    level: 'ERROR',
    message: 'Invoke Error',
    detail: 'FunctionFailed: Runtime.ExitError: The process of the function ended with 3.',
    function_request_id: 'request-1',
  });
});

test('a process of a function ends automatically when its stack has ended', async () => {
  const { fork } = await import('node:child_process');
  const worker = fork(path.join(import.meta.dirname, '../../../../../infra/local/aws/lambda/worker.ts'), [modulePath], {
    env: {},
    execArgv: [],
    silent: true,
  });
  worker.send({ requestId: 'r', functionName: 'on-test', event: { do: 'hang' }, deadlineMs: Date.now() + 60_000 });
  await once(worker.stdout ?? worker, 'data');
  const ended = once(worker, 'exit');
  worker.disconnect();
  expect(await ended).toEqual([0, null]);
});
