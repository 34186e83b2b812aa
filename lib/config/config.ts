import { describeError, OwnError } from '../failures/own-error.ts';
import { Fault, type Setting } from './setting.ts';
import { settings } from './settings.ts';

type Definitions = typeof settings;
type Parsed<S> = S extends { readonly parse: (text: string) => infer T } ? T : never;

/** The whole configuration, typed and complete. Times in milliseconds, sizes in bytes. */
export type Settings = {
  readonly [K in keyof Definitions]: Definitions[K] extends { readonly optional: true }
    ? Parsed<Definitions[K]> | undefined
    : Parsed<Definitions[K]>;
};

/** Reports all problems of the environment together, so that an operator does not have to deploy once per typo. */
export class ConfigurationError extends OwnError {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(['The configuration is invalid:', ...problems.map((problem) => `- ${problem}`)].join('\n'));
    this.problems = problems;
  }
}

/**
 * Reads the environment of a function once, at its cold start. An empty variable counts as not set.
 * @throws {ConfigurationError} lists every problem with the variable's name and the remedy
 */
export const readSettings = (env: Readonly<Record<string, string | undefined>>): Settings => {
  const problems: string[] = [];
  const read = (setting: Setting<unknown>): unknown => {
    const given = env[setting.name]?.trim() || setting.default;
    if (given === undefined) {
      if (!setting.optional) problems.push(`${setting.name} is not set. ${setting.meaning}`);
      return undefined;
    }
    try {
      return setting.parse(given);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      problems.push(`${setting.name} ${describeError(error)}`);
      return undefined;
    }
  };
  const values = Object.fromEntries(Object.entries(settings).map(([key, setting]) => [key, read(setting)]));
  const config = values as Settings;
  problems.push(...contradictions(config, env));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return config;
};

/** Problems that involve several variables. Values that could not be parsed are undefined here and already reported. */
const contradictions = (config: Partial<Settings>, env: Readonly<Record<string, string | undefined>>): string[] => {
  const problems: string[] = [];
  const keySources = ['KOMBO_API_KEY_SECRET', 'KOMBO_API_KEY'].filter((name) => env[name]?.trim());
  if (keySources.length === 0)
    problems.push('KOMBO_API_KEY_SECRET is not set. Set it to the name of the secret that contains the Kombo API key.');
  if (keySources.length === 2) problems.push('KOMBO_API_KEY and KOMBO_API_KEY_SECRET are both set. Keep one of them.');
  const nameless = config.keyTemplates?.filter(
    ({ segments }) => !segments.some((segment) => segment.kind === 'placeholder' && segment.name === 'integration_id'),
  );
  if (nameless?.length && !env.KOMBO_INTEGRATION_ID?.trim()) {
    problems.push(`KOMBO_INTEGRATION_ID is not set, and the template "${nameless[0]?.text}" has no {integration_id}.`);
  }
  return problems;
};
