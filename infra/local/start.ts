import { inspect } from 'node:util';
import { ConfigurationError } from '../../lib/config/config.ts';
import { BundleError } from '../bundle.ts';
import { UsageError } from '../command-line.ts';
import { postEvents } from './process/post-events.ts';
import { StackRunning } from './process/state-folder.ts';
import { sampleBytes, sampleKey } from './sample.ts';
import { type Stack, startStack } from './stack.ts';
import { activityOf, activityText } from './terminal/activity.ts';
import { endpointsText } from './terminal/endpoints-text.ts';
import { followUpload } from './terminal/follow-upload.ts';
import { keyNames, printable } from './terminal/key-names.ts';
import { outcomeText } from './terminal/outcome-text.ts';
import { type StartOptions, startOptions, usage } from './terminal/start-options.ts';
import type { Step } from './terminal/step.ts';
import { stepText } from './terminal/step-text.ts';

/** Longer than the lease of a killed run plus the read-back after it. */
const maxWaitMs = 150_000;

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** Delivers the sample and prints each step as it happens. */
const deliverSample = async (stack: Stack, { json }: StartOptions): Promise<readonly Step[]> => {
  const steps: Step[] = [];
  for await (const step of followUpload(stack, { key: sampleKey, bytes: await sampleBytes() }, maxWaitMs)) {
    steps.push(step);
    print(json ? JSON.stringify(step) : stepText(step, steps[0]?.atMs ?? 0));
  }
  return steps;
};

/**
 * Prints the activity of the functions, without late log lines of the sample, whose steps have already been printed.
 */
const printActivity = (stack: Stack, { json }: StartOptions, sample: readonly Step[]): void => {
  const { events } = stack;
  const nameOf = keyNames(stack);
  // One after the other: looking up a name takes time, and the lines must stay in order.
  let printed = Promise.resolve();
  const sampleRequestId = sample.find((step) => step.step === 'event')?.requestId;
  events.on('line', (functionName, line) => {
    const activity = activityOf(line);
    if (!activity || (activity.kind === 'delivery' && activity.function_request_id === sampleRequestId)) return;
    printed = printed.then(async () => {
      const shown = activity.kind === 'delivery' ? { ...activity, key: await nameOf(activity) } : activity;
      print(json ? JSON.stringify({ step: 'activity', functionName, ...shown }) : activityText(functionName, shown));
    });
  });
  events.on('unwatched', (object) => {
    const key = printable(object.key);
    const text = `The key ${key} is outside KEY_TEMPLATES, so it causes no event, as on AWS.`;
    print(json ? JSON.stringify({ step: 'unwatched', key }) : `  unwatched           ${text}`);
  });
};

/**
 * Prints each event for the user's own application, and posts it to the URL in --events-to. The event of the sample is
 * ready before the sample's last steps; as text it is printed after them, for readers.
 */
const tellOutcomes = ({ events }: Stack, { json, eventsTo }: StartOptions) => {
  const early: string[] = [];
  let isSampleDone = json;
  const say = (text: string): void => void (isSampleDone ? print(text) : early.push(text));
  const saySent = (text: string): void =>
    say(json ? JSON.stringify({ step: 'events-to', text }) : `  ${'outcome'.padEnd(20)}${text}`);
  const receiver = eventsTo === undefined ? undefined : postEvents(eventsTo, saySent);
  events.on('outcome', (event) => {
    say(json ? JSON.stringify({ step: 'outcome', event }) : outcomeText(event));
    receiver?.post(event);
  });
  return {
    sampleDone: (): void => {
      isSampleDone = true;
      for (const text of early.splice(0)) print(text);
    },
    ended: async () => receiver?.ended(),
  };
};

const printReady = (stack: Stack, { json, stateDir }: StartOptions): void => {
  if (json) print(JSON.stringify({ step: 'ready', ...stack.endpoints, bucket: stack.bucket }));
  else print(`\n${endpointsText(stack, stateDir)}\n\n  Ctrl-C ends it.\n`);
};

/** Resolves on the first termination signal. A second Ctrl-C ends the process immediately. */
const waitForEndSignal = (): Promise<'end'> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve('end'));
    // The program that reads the output has closed it, as `head` does.
    process.stdout.on('error', () => resolve('end'));
  });

/** @returns the exit code */
const endOnce = (steps: readonly Step[], { json }: StartOptions): number => {
  const isAttached = steps.at(-1)?.step.endsWith('attached') === true;
  const next = isAttached
    ? 'Next: "npm start" keeps the stack running, with a page on which you drop more files.'
    : 'Not attached: the last step says why. "npm start" keeps the stack running, so that you can try again.';
  if (!json) print(`\n  ${next}`);
  return isAttached ? 0 : 1;
};

/** @returns the exit code */
const run = async (options: StartOptions, end: Promise<'end'>): Promise<number> => {
  const stack = await startStack({ ...options, console: !options.once, shell: process.env });
  const outcomes = tellOutcomes(stack, options);
  try {
    if (!options.json) print('\n  cv-courier, the local stack\n');
    const delivered = deliverSample(stack, options);
    // After a termination signal, errors of an interrupted delivery do not matter.
    delivered.catch(() => undefined);
    const steps = await Promise.race([delivered, end]);
    outcomes.sampleDone();
    if (steps === 'end') return options.once ? 1 : 0;
    if (options.once) return endOnce(steps, options);
    printReady(stack, options);
    printActivity(stack, options, steps);
    await end;
    return 0;
  } finally {
    await stack.close();
    await outcomes.ended();
  }
};

/** Errors that the user can fix are shown without a stack trace. */
const explain = (error: unknown): string => {
  if (error instanceof UsageError) return `${error.message}\n\n${usage}`;
  const known = [ConfigurationError, BundleError, StackRunning].some((kind) => error instanceof kind);
  return known && error instanceof Error ? error.message : inspect(error);
};

const main = async (): Promise<number> => {
  try {
    const options = startOptions(process.argv.slice(2), process.env);
    if (options !== 'help') return await run(options, waitForEndSignal());
    print(usage);
    return 0;
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
};

process.exit(await main());
