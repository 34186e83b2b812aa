import path from 'node:path';
import * as v from 'valibot';
import { UsageError } from '../command-line.ts';
import { runningStack } from '../local/process/state-folder.ts';
import { defaultStateDir } from '../local/terminal/start-options.ts';
import { InvokeError } from './errors.ts';
import { clientContextOf, localUser } from './operator.ts';

const answerShape = v.object({
  result: v.optional(v.unknown()),
  error: v.optional(v.object({ errorType: v.string(), errorMessage: v.string() })),
  functions: v.optional(v.array(v.string())),
});

/**
 * Invokes a function of the local stack and returns its answer.
 * @throws {InvokeError | UsageError}
 */
export const invokeLocal = async (stateDir: string | undefined, name: string, event: string): Promise<unknown> => {
  const stack = await runningStack(stateDir === undefined ? defaultStateDir : path.resolve(stateDir));
  if (stack?.controlUrl === undefined) {
    throw new InvokeError(
      'No local stack is running. Start one with: npm start\nFor a deployed function, name its stage: --stage NAME',
    );
  }
  const url = `${stack.controlUrl}/functions/${encodeURIComponent(name)}`;
  const headers = { 'x-amz-client-context': clientContextOf(localUser()) };
  const response = await fetch(url, { method: 'POST', headers, body: event });
  const { result, error, functions } = v.parse(answerShape, await response.json());
  if (functions) throw new UsageError(`There is no function ${name}. The stack runs: ${functions.join(', ')}.`);
  if (error) throw new InvokeError(`${name} failed. ${error.errorType}: ${error.errorMessage}`);
  return result ?? null;
};
