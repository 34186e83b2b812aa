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

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What npm wrote into the environment for a flag of this script: `npm run invoke --stage=prod`, without the `--`, only
 * sets npm_config_stage=prod. "true" for a flag with a value means that npm passed on the value without its flag.
 */
export const flagOfNpm = (script: string, flag: string, env: Environment): string | undefined =>
  env.npm_lifecycle_event === script ? env[`npm_config_${flag.replaceAll('-', '_')}`] : undefined;

export const consumedByNpm = (script: string, flag: string, value: string): UsageError => {
  const command = script === 'start' ? 'npm start' : `npm run ${script}`;
  return new UsageError(
    `npm consumed --${flag} itself. Write: ${command} -- --${flag} ${value === 'true' ? 'VALUE' : value}`,
  );
};

/**
 * Without its flags the script would do something else, such as ask the local stack. Only for flags with a value: npm
 * has some of the others itself, such as --yes, which a user may have set for all scripts.
 * @throws {UsageError}
 */
export const refuseFlagsOfNpm = (script: string, flags: readonly string[], env: Environment): void => {
  for (const flag of flags) {
    const value = flagOfNpm(script, flag, env);
    if (value !== undefined) throw consumedByNpm(script, flag, value);
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
