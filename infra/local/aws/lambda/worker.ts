import { pathToFileURL } from 'node:url';
import type { Answer, FunctionError, Invocation } from './process.ts';

/**
 * The process of a function: loads a built handler, then serves invocations one at a time until the stack ends. Run by
 * `startLambdaProcess`; the argument is the path of the module.
 */
const modulePath = process.argv[2] ?? '';

// Ctrl-C reaches every process of the terminal, but the stack decides how long a running delivery may continue.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit());

type Handler = (event: unknown, context: object) => Promise<unknown>;

const load = async (): Promise<Handler> => {
  const module = (await import(pathToFileURL(modulePath).href)) as { handler?: unknown };
  if (typeof module.handler !== 'function') throw new Error('index.mjs exports no function named "handler".');
  return module.handler as Handler;
};

/** The fields that the context has on Lambda. */
const contextOf = ({ requestId, functionName, clientContext, deadlineMs }: Invocation): object => ({
  functionName,
  functionVersion: '$LATEST',
  invokedFunctionArn: `arn:aws:lambda:${process.env.AWS_REGION}:000000000000:function:${functionName}`,
  memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  awsRequestId: requestId,
  clientContext,
  logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
});

const functionError = (error: unknown): FunctionError =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, ...(error.stack && { trace: error.stack.split('\n') }) }
    : { errorType: 'Error', errorMessage: String(error) };

const answerTo = async (handler: Promise<Handler>, invocation: Invocation): Promise<Answer> => {
  const { requestId } = invocation;
  try {
    const result = await (await handler)(invocation.event, contextOf(invocation));
    return { requestId, ok: true, result: result ?? null };
  } catch (error) {
    return { requestId, ok: false, error: functionError(error) };
  }
};

const handler = load();
// Every invocation reports this error; until the first one arrives, it must not end the process.
handler.catch(() => undefined);
process.on('message', (invocation: Invocation) => {
  void answerTo(handler, invocation).then((answer) => {
    if (process.connected) process.send?.(answer);
  });
});
