import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { runningStack } from './process/state-folder.ts';
import { defaultStateDir } from './terminal/start-options.ts';

const usage = `Usage: npm run invoke -- <function> [event] [--state DIR]

  function     on-upload, on-schedule, on-demand or on-batch
  event        JSON, or the path of a file that holds it; {} when left out
  --state DIR  the folder of the stack, when it was started with one

Example: npm run invoke -- on-demand '{"action":"check"}'`;

/** An error that the operator can fix; the message says how. */
class OperatorError extends Error {}

const answerShape = v.object({
  result: v.optional(v.unknown()),
  error: v.optional(v.object({ errorType: v.string(), errorMessage: v.string() })),
  functions: v.optional(v.array(v.string())),
});

const argumentsOf = (args: readonly string[]) => {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { state: { type: 'string' } },
    });
    const [name, event = '{}', ...more] = positionals;
    if (name === undefined || more.length > 0) throw new Error('One function and at most one event are needed.');
    return { name, event, stateDir: values.state === undefined ? defaultStateDir : path.resolve(values.state) };
  } catch (error) {
    throw new OperatorError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
};

/** Checked here, too: a missing quote is the usual mistake, and the message shows what the shell left of the event. */
const eventText = async (event: string): Promise<string> => {
  const text = event.endsWith('.json') ? await fileText(event) : event;
  try {
    JSON.parse(text);
    return text;
  } catch {
    throw new OperatorError(`The event is no JSON: ${text.slice(0, 200)}\nPut it into single quotes.`);
  }
};

const fileText = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new OperatorError(`There is no file ${file}.`);
  }
};

const main = async (): Promise<void> => {
  const { name, event, stateDir } = argumentsOf(process.argv.slice(2));
  const body = await eventText(event);
  const stack = await runningStack(stateDir);
  if (stack?.controlUrl === undefined) throw new OperatorError('No local stack is running. Start one with: npm start');

  const url = `${stack.controlUrl}/functions/${encodeURIComponent(name)}`;
  const response = await fetch(url, { method: 'POST', body });
  const { result, error, functions } = v.parse(answerShape, await response.json());
  if (functions) throw new OperatorError(`There is no function ${name}. The stack runs: ${functions.join(', ')}.`);
  if (error) throw new OperatorError(`${name} failed. ${error.errorType}: ${error.errorMessage}`);
  console.log(JSON.stringify(result, null, 2));
};

try {
  await main();
} catch (error) {
  console.error(error instanceof OperatorError ? error.message : error);
  process.exitCode = 1;
}
