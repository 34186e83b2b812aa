import { Fault } from '../lib/config/setting.ts';
import { settings } from '../lib/config/settings.ts';
import { literalPrefixes, parseKeyTemplates } from '../lib/key-template/match-key.ts';

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

/** Files under way at once, in all: Kombo refuses the 31st call in flight per integration, and you may have other callers. */
const mostAtOnce = 25;
const concurrency = wholeNumber(1, mostAtOnce);

/** Files that one running function works on at once, by the parameter that says how many may run. */
export const filesAtOnce = {
  uploadConcurrency: 1,
  scheduleConcurrency: 4,
  batchConcurrency: 1,
  demandConcurrency: 4,
} as const;

/**
 * Every parameter there is, and what it may be. What ends in a variable of the functions is read as they will read it.
 * The others shape the stack.
 */
const checks = {
  komboBaseUrl: all(
    settings.komboBaseUrl.parse,
    check(
      (value) => !value.startsWith('http:'),
      'functions on AWS cannot reach your machine; use eu, us or an https URL.',
    ),
  ),
  komboIntegrationId: emptyOr(settings.integrationId.parse),
  keyTemplates: settings.keyTemplates.parse,
  maxBytes: settings.maxBytes.parse,
  allowedTypes: settings.allowedTypes.parse,
  transfer: settings.transfer.parse,
  onUnknown: settings.onUnknown.parse,
  nameToken: settings.nameToken.parse,
  remoteFields: emptyOr(settings.remoteFields.parse),
  // The functions stop at 300 s and need 5 s to write down what happened.
  komboTimeoutSeconds: wholeNumber(1, 290),
  sweepSince: emptyOr(settings.sweepSince.parse),
  ledgerRetentionDays: settings.ledgerRetentionDays.parse,
  existingBucket: emptyOr(existingBucket),
  // Less, and S3 could delete what is held before a person has looked at it.
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
  logRetentionDays,
  memoryMb: wholeNumber(256, 10_240),
  reserveConcurrency: oneOf('true', 'false'),
  uploadConcurrency: concurrency,
  scheduleConcurrency: concurrency,
  batchConcurrency: concurrency,
  demandConcurrency: concurrency,
} as const satisfies Record<string, Check>;

/** Parameters that have no bounds of their own and end in the functions' environment. */
const inEnvironment = [
  'komboBaseUrl',
  'komboIntegrationId',
  'keyTemplates',
  'allowedTypes',
  'remoteFields',
  'sweepSince',
  'existingBucket',
] as const;
const mostEnvironmentBytes = 3000;

/** With this the dev stage is delivered: it packages, so that a first try needs nothing, but must not be deployed. */
export const exampleIntegrationId = 'example:replace-me';

/**
 * Everything that is wrong with the parameters of a stage.
 * @returns one sentence per fault; each names its parameter.
 */
export const parameterFaults = (parameters: Parameters): readonly string[] => [
  ...Object.keys(parameters)
    .filter((name) => !Object.hasOwn(checks, name))
    .map((name) => `Parameter ${name} is unknown. There is ${Object.keys(checks).join(', ')}.`),
  ...Object.entries(checks).flatMap(([name, inner]) => faultsOf(name, inner, parameters[name])),
  ...faultsTogether(parameters),
];

const faultsOf = (name: string, inner: Check, value: string | undefined): readonly string[] => {
  if (value === undefined) return [`Parameter ${name} is missing: put its default back into params.default.`];
  // What osls has still to look up, such as ${ssm:...}, nobody can check yet.
  if (value.includes('${')) return [];
  try {
    inner(value);
    return [];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return [`Parameter ${name} ${error.message}`];
  }
};

/** Faults between parameters that are right by themselves. */
const faultsTogether = (parameters: Parameters): readonly string[] => {
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

  const counts = Object.entries(filesAtOnce).map(([name, files]) => ({
    name,
    files,
    running: Number(parameters[name]),
  }));
  const sum = counts.reduce((total, { files, running }) => total + files * running, 0);
  if (sum > mostAtOnce && counts.every(({ running }) => running <= mostAtOnce)) {
    const parts = counts.map(({ name, files, running }) => `${name} ${running}${files === 1 ? '' : ` times ${files}`}`);
    faults.push(
      `Parameters ${parts.join(', ')} make ${sum} files at once; they must stay within ${mostAtOnce}, ` +
        'because Kombo refuses more than 30 calls in flight per integration.',
    );
  }

  // AWS takes 4 KB of names and values; what is not a parameter needs less than 900 bytes of it.
  const sizes = inEnvironment.map((name) => ({ name, bytes: Buffer.byteLength(parameters[name] ?? '') }));
  const bytes = sizes.reduce((total, size) => total + size.bytes, 0);
  if (bytes > mostEnvironmentBytes) {
    const largest = sizes.reduce((one, other) => (other.bytes > one.bytes ? other : one));
    faults.push(
      `Parameter ${largest.name} has ${largest.bytes} bytes, and all that the functions get have ${bytes}; ` +
        `they must stay within ${mostEnvironmentBytes}, because AWS limits a function's environment.`,
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
