import { Fault } from '../lib/config/setting.ts';
import { literalPrefixes, parseKeyTemplates } from '../lib/key-template/match-key.ts';
import { callsLeftToOthers, documentedCallLimit } from '../lib/limits.ts';
import { parameterVariables, type VariableParameter } from './environment.ts';
import { concurrencyParameter } from './functions.ts';

/** Values of `params` in serverless.yml for one stage, as text: the command line knows no other type. */
export type Parameters = Readonly<Record<string, string>>;

/** @throws {Fault} with the rest of a sentence that begins with "Parameter <name> ". */
type Check = (value: string) => unknown;

const check =
  (fits: (value: string) => boolean, advice: string): Check =>
  (value) => {
    if (!fits(value)) throw new Fault(`is "${value}"; ${advice}`);
  };

const oneOf = (...allowed: readonly string[]): Check =>
  check((value) => allowed.includes(value), `it must be ${allowed.slice(0, -1).join(', ')} or ${allowed.at(-1)}.`);

const wholeNumber = (from: number, to: number): Check =>
  check(
    (value) => /^\d{1,9}$/.test(value) && Number(value) >= from && Number(value) <= to,
    `it must be a whole number from ${from} to ${to}.`,
  );

const emptyOr =
  (inner: Check): Check =>
  (value) =>
    value === '' || inner(value);

const all =
  (...checks: readonly Check[]): Check =>
  (value) => {
    for (const one of checks) one(value);
  };

/** @see Amazon S3 User Guide, "General purpose bucket naming rules" */
const existingBucket = check(
  (value) =>
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(value) &&
    !/\.\.|^\d+\.\d+\.\d+\.\d+$|^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(value),
  'it must be the name of a bucket (3 to 63 of a-z, 0-9, dot and hyphen): no URL, no ARN, no prefix.',
);

/** The retentions that CloudWatch Logs knows. */
const logRetentionDays = oneOf(
  ...'1 3 5 7 14 30 60 90 120 150 180 365 400 545 731 1096 1827 2192 2557 2922 3288 3653'.split(' '),
);

/**
 * Most instances of all functions together. Each takes its share of the calls that Kombo allows per integration
 * (lib/kombo/load.ts), however many files it works on, and at least one.
 */
const maxInstances = documentedCallLimit - callsLeftToOthers;

/** What the functions get as CALLING_INSTANCES. Without a reservation the account's limit decides: 10 in a new account. */
export const callingInstances = (parameters: Parameters, functions: readonly string[]): number =>
  parameters.reserveConcurrency === 'false'
    ? instancesOfNewAccount
    : functions.reduce((sum, name) => sum + Number(parameters[concurrencyParameter(name)]), 0);

const instancesOfNewAccount = 10;

/** Where the stack allows less than the function's own check. The function's check applies too. */
const stricter: Partial<Readonly<Record<VariableParameter, Check>>> = {
  komboBaseUrl: check(
    (value) => !/^http:/i.test(value),
    'it must be eu, us or an https URL: http:// leads to a local stack, which functions on AWS cannot reach.',
  ),
  // The functions stop at 300 s and need 5 s to write down what happened.
  komboTimeoutSeconds: wholeNumber(1, 290),
};

interface Parameter {
  readonly name: string;
  /** What depends on it, for the sentence about its missing default. */
  readonly use: string;
  readonly check: Check;
}

/** Parameters that end in a variable of the functions: read as the functions will read them. */
const ofVariables = parameterVariables.map(({ parameter, variable, mayBeEmpty, parse }): Parameter => {
  const inStack: Readonly<Record<string, Check | undefined>> = stricter;
  const both = all(inStack[parameter] ?? (() => undefined), parse);
  return { name: parameter, use: `the functions read it as ${variable}`, check: mayBeEmpty ? emptyOr(both) : both };
});

/** Parameters that shape the stack. */
const ofStack = Object.entries<Check>({
  existingBucket: emptyOr(existingBucket),
  // With less, S3 could delete a held file before an operator has looked at it.
  cvRetentionDays: wholeNumber(30, 3650),
  scan: oneOf('none', 'create-plan', 'existing-plan'),
  kmsKeyArn: emptyOr(
    check(
      (value) => /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/.test(value),
      'it must be the ARN of a key, arn:aws:kms:<region>:<account>:key/<id>; a role cannot name an alias.',
    ),
  ),
  alarmEmail: emptyOr(
    check((value) => /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$/.test(value), 'it must be one e-mail address.'),
  ),
  // CloudWatch keeps an alarm's state for longer, but a CV that takes a day rings oldest-waiting anyway.
  attachWithinSeconds: wholeNumber(0, 86_400),
  logRetentionDays,
  memoryMb: wholeNumber(128, 10_240),
  reserveConcurrency: oneOf('true', 'false'),
}).map(([name, inner]): Parameter => ({ name, use: 'the stack needs it', check: inner }));

const ofFunction = (name: string): Parameter => ({
  name: concurrencyParameter(name),
  use: `it says how many instances of ${name} may run concurrently`,
  check: wholeNumber(1, maxInstances),
});

/** Parameters that end in the functions' environment; existingBucket becomes BUCKET. */
const inEnvironment = [...parameterVariables.map(({ parameter }) => parameter), 'existingBucket'];
const maxEnvironmentBytes = 3000;

/** With this the dev stage is delivered: it packages, so that a first try needs nothing, but must not be deployed. */
export const exampleIntegrationId = 'example:replace-me';

/** What serverless.yml says beside the parameters of the stage. */
export interface Stack {
  /** `params.default`: a parameter without a default is refused even where a stage sets it: the next stage would lack it. */
  readonly defaults: Parameters;
  /** Names of the functions: each has a parameter for its concurrency. */
  readonly functions: readonly string[];
}

/**
 * Everything that is wrong with the parameters of a stage, its defaults included.
 * @returns one sentence per fault; each names its parameter.
 */
export const parameterFaults = (given: Parameters, { defaults, functions }: Stack): readonly string[] => {
  const known = [...ofVariables, ...ofStack, ...functions.map(ofFunction)];
  return [
    ...Object.keys(given)
      .filter((name) => !known.some((one) => one.name === name))
      .map((name) => `Parameter ${name} is unknown. There is ${known.map((one) => one.name).join(', ')}.`),
    ...known
      .filter(({ name }) => defaults[name] === undefined)
      .map(({ name, use }) => `Parameter ${name} has no default: add it to params.default in serverless.yml; ${use}.`),
    ...known.flatMap((one) => faultsOf(one, given[one.name])),
    ...faultsTogether(given, functions),
  ];
};

const faultsOf = ({ name, check: inner }: Parameter, value: string | undefined): readonly string[] => {
  // Values that osls still has to look up, such as ${ssm:...}, are not known yet.
  if (value === undefined || value.includes('${')) return [];
  try {
    inner(value);
    return [];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return [`Parameter ${name} ${error.message}`];
  }
};

/** Faults between parameters that are right one by one. */
const faultsTogether = (parameters: Parameters, functions: readonly string[]): readonly string[] => {
  const parsed = parseKeyTemplates(parameters.keyTemplates ?? '');
  const templates = parsed.ok ? parsed.value : [];
  const faults: string[] = [];

  const nameless = templates.find(
    ({ segments }) => !segments.some((segment) => segment.kind === 'placeholder' && segment.name === 'integration_id'),
  );
  if (parameters.komboIntegrationId === '' && nameless !== undefined) {
    faults.push(
      `Parameter komboIntegrationId is empty, and the key template "${nameless.text}" has no {integration_id}: ` +
        'give <tool>:<id> as the Kombo dashboard shows it.',
    );
  }

  const counts = functions.map((functionName) => {
    const name = concurrencyParameter(functionName);
    return { name, running: Number(parameters[name]) };
  });
  const sum = counts.reduce((total, { running }) => total + running, 0);
  if (sum > maxInstances && counts.every(({ running }) => running <= maxInstances)) {
    const parts = counts.map(({ name, running }) => `${name} ${running}`);
    faults.push(
      `Parameters ${parts.join(', ')} make ${sum} concurrent instances; they must stay within ${maxInstances}, ` +
        'because each makes at least one call, and Kombo refuses more than 30 calls in flight per integration.',
    );
  }

  // AWS takes 4 KB of names and values; what is not a parameter needs less than 900 bytes of it.
  const sizes = inEnvironment.map((name) => ({ name, bytes: Buffer.byteLength(parameters[name] ?? '') }));
  const bytes = sizes.reduce((total, size) => total + size.bytes, 0);
  if (bytes > maxEnvironmentBytes) {
    const largest = sizes.reduce((one, other) => (other.bytes > one.bytes ? other : one));
    faults.push(
      `Parameter ${largest.name} has ${largest.bytes} bytes, and all that the functions get have ${bytes}; ` +
        `they must stay within ${maxEnvironmentBytes}, because AWS limits a function's environment.`,
    );
  }

  // A limit of GuardDuty's protection plan.
  if (parameters.scan === 'create-plan' && literalPrefixes(templates).length > 5) {
    faults.push(
      'Parameter keyTemplates begins in more than 5 folders; with scan create-plan GuardDuty takes at most 5.',
    );
  }
  return faults;
};
