import path from 'node:path';
import { consumedByNpm, flagOfNpm, readFlags, UsageError } from '../../command-line.ts';

export const defaultStateDir = path.join(import.meta.dirname, '..', '..', '..', '.local');
const defaultPortBase = 4570;

export interface StartOptions {
  /** Delivers the sample, then ends. */
  readonly once: boolean;
  readonly fresh: boolean;
  readonly json: boolean;
  readonly stateDir: string;
  readonly portBase: number;
  /** Receives each outcome event as a POST. */
  readonly eventsTo?: string;
}

export const usage = `Usage: npm start -- [--once] [--fresh] [--json] [--state DIR] [--events-to URL]

  --once       deliver the sample CV, exit with 0 when it is attached byte for byte, else with 1
  --fresh      forget what earlier runs left: objects, ledger, attachments
  --json       one JSON object per line instead of text
  --state DIR  keep the state in this folder instead of .local
  --events-to URL
               post each outcome event there, as EventBridge would give it to your own application

Environment:
  PORT_BASE    first of the ports (${defaultPortBase}): S3, DynamoDB, Kombo, control, console; a taken one moves on by ten, 0 takes any
  Settings of the functions apply too, for example TRANSFER=data_url npm start`;

/** @throws {UsageError} for an unknown flag, an invalid PORT_BASE, or an --events-to that is not a URL. */
export const startOptions = (
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): StartOptions | 'help' => {
  const { values } = readFlags({ args: [...flagsOfNpm(env), ...args], options: flags });
  if (values.help) return 'help';
  return {
    once: values.once,
    fresh: values.fresh,
    json: values.json,
    stateDir: values.state === undefined ? defaultStateDir : path.resolve(values.state),
    portBase: portBase(env.PORT_BASE?.trim() || String(defaultPortBase)),
    ...(values['events-to'] !== undefined && { eventsTo: eventsTo(values['events-to']) }),
  };
};

const flags = {
  once: { type: 'boolean', default: false },
  fresh: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  state: { type: 'string' },
  'events-to': { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Flags that npm consumed are understood if their value is known. */
const flagsOfNpm = (env: Readonly<Record<string, string | undefined>>): readonly string[] =>
  Object.entries(flags).flatMap(([name, { type }]) => {
    const value = flagOfNpm('start', name, env);
    if (value === undefined) return [];
    if (type === 'boolean') return value === 'true' ? [`--${name}`] : [];
    if (value === 'true') throw consumedByNpm('start', name, value);
    return [`--${name}=${value}`];
  });

const portBase = (text: string): number => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port === 0 || (port >= 1024 && port <= 65_500)) return port;
  throw new UsageError(`PORT_BASE is "${text}"; it must be 0 or a port from 1024 to 65500.`);
};

const eventsTo = (text: string): string => {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text;
  throw new UsageError(
    `--events-to is "${text}"; it must be an http or https URL, for example http://localhost:3000/.`,
  );
};
