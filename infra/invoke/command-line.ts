import { readFlags, refuseFlagsOfNpm, UsageError } from '../command-line.ts';
import { checkedPlace, checkedRegion, type Place } from './place.ts';

export const usage = `Usage: npm run invoke -- [--stage NAME | --stack NAME [--region REGION]] [--json] <function> [event]

  function         on-upload, on-schedule, on-demand or on-batch
  event            JSON in single quotes, the path of a .json file, or - for standard input; {} when left out
  --stage NAME     invoke the deployed function of this stage; without it, the local stack's
  --stack NAME     the same by stack name, for a stack that was not deployed with osls
  --region REGION  where it is deployed; otherwise AWS_REGION, AWS_DEFAULT_REGION, the region of AWS_PROFILE, or serverless.yml's default
  --json           print the answer as JSON only
  --state DIR      the folder of the local stack, if it was started with --state

Exit code: 0 for success; 1 when the answer is "ok": false, or the function failed or was not reached; 2 for a wrong command line.

Example: npm run invoke -- --stage prod on-demand '{"action":"status"}'`;

export type CommandLine =
  | { readonly kind: 'help' }
  | {
      readonly kind: 'invoke';
      readonly name: string;
      /** As typed. */
      readonly event: string;
      readonly asJson: boolean;
      readonly where:
        | ({ readonly kind: 'deployed'; readonly region?: string } & Place)
        | { readonly kind: 'local'; readonly stateDir?: string };
    };

const options = {
  stage: { type: 'string' },
  stack: { type: 'string' },
  region: { type: 'string' },
  json: { type: 'boolean', default: false },
  state: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** @throws {UsageError} */
export const parseCommandLine = (args: readonly string[], env = process.env): CommandLine => {
  const { values, positionals } = parse(args, env);
  if (values.help) return { kind: 'help' };
  const { stage, stack, region, state } = values;
  const [name, event = '{}', ...more] = positionals;
  if (name === undefined) throw wrong('The function is missing.');
  if (more.length > 0) {
    throw wrong(`There is more than one event: "${more[0]}" is unexpected. Put the whole event into single quotes.`);
  }
  const meant = eventMeant(name);
  if (meant !== undefined) {
    const where = args.filter((arg) => arg !== name && arg !== event).map((arg) => `${arg} `);
    throw wrong(`The function is missing. Did you mean: npm run invoke -- ${where.join('')}on-demand '${meant}'?`);
  }
  const invoke = { kind: 'invoke', name, event, asJson: values.json } as const;
  const place = checkedPlace({ stage, stack }, wrong);
  if (place === undefined) {
    if (region !== undefined)
      throw wrong('--region is allowed only with --stage or --stack: the local stack has no region.');
    return { ...invoke, where: { kind: 'local', ...(state !== undefined && { stateDir: state }) } };
  }
  if (state !== undefined)
    throw wrong('--state is for the local stack, --stage and --stack for a deployed function: give one of them.');
  const deployed = { kind: 'deployed', ...place } as const;
  return { ...invoke, where: { ...deployed, ...(region !== undefined && { region: checkedRegion(region, wrong) }) } };
};

/** The event in the place of the function: JSON, or the name of an action. Each function's name begins with "on-". */
const eventMeant = (name: string): string | undefined => {
  if (name.startsWith('{')) return name;
  return /^[A-Za-z]+$/.test(name) ? JSON.stringify({ action: name }) : undefined;
};

const parse = (args: readonly string[], env: NodeJS.ProcessEnv) => {
  try {
    refuseFlagsOfNpm('invoke', ['stage', 'stack', 'region', 'state'], env);
    return readFlags({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw error instanceof UsageError ? wrong(error.message) : error;
  }
};

const wrong = (message: string): UsageError => new UsageError(`${message}\n\n${usage}`);
