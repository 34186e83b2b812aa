import { inspect, type ParseArgsConfig, parseArgs } from 'node:util';

/** The command line is wrong; the message says why. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Node's parseArgs, but a wrong flag is reported in one sentence.
 * @throws {UsageError}
 */
export const readFlags = <const T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> => {
  try {
    return parseArgs(config);
  } catch (error) {
    // Node's first sentence names the flag; the rest is about parseArgs.
    const [sentence] = (error instanceof Error ? error.message : String(error)).split(/\.(?:\s|$)/);
    throw new UsageError(`${sentence}.`);
  }
};

/**
 * Runs a script of package.json. A wrong command line prints a sentence and a pointer to the help, with exit code 2.
 * Any other error is a defect of the script and keeps its stack trace.
 * @param explain returns the sentence for an error that the user can fix
 */
export const runScript = async (
  name: string,
  main: () => Promise<void> | void,
  explain: (error: unknown) => string | undefined = () => undefined,
): Promise<void> => {
  try {
    await main();
  } catch (error) {
    const isUsage = error instanceof UsageError;
    const text = isUsage ? `${error.message} See npm run ${name} -- --help` : (explain(error) ?? inspect(error));
    process.stderr.write(`${text}\n`);
    process.exitCode = isUsage ? 2 : 1;
  }
};
