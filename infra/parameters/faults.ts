import { Fault } from '../../lib/config/setting.ts';
import { parseAllowedTypes } from '../../lib/content-type/allowed-types.ts';
import { literalPrefixes, parseKeyTemplates } from '../../lib/key-template/match-key.ts';
import { maxInstances } from '../../lib/limits.ts';
import { canaryFault } from '../../lib/runs/canary/canary-setting.ts';
import { concurrencyParameter } from '../handler-names.ts';
import { parameterVariables } from './environment.ts';
import { checkForm, type Option } from './option.ts';
import { options } from './options.ts';

/** The parameters of one stage by name, as text, because the command line has no other type. */
export type Parameters = Readonly<Record<string, string>>;

/** Parameters that become part of the functions' environment; existingBucket becomes BUCKET. */
const inEnvironment = [...parameterVariables.map(({ parameter }) => parameter), 'existingBucket'];
const maxEnvironmentBytes = 3000;

/** An EventBridge pattern may have 2,048 characters (quota "Event pattern size"); the rest of the pattern needs fewer than 250. */
const maxFolderPatternChars = 1800;

/**
 * The value in stages/example.yml: packaging accepts it, so that a first try needs no setup, but it must not be
 * deployed.
 */
export const exampleIntegrationId = 'example:replace-me';

/** The known name that is closest to a misspelt one. */
export const nearestName = (name: string, known: readonly string[]): string => {
  const ranked = known.map((other) => ({ other, distance: distanceOf(name.toLowerCase(), other.toLowerCase()) }));
  return ranked.reduce((best, one) => (one.distance < best.distance ? one : best)).other;
};

/** The number of letters to add, remove or replace. */
const distanceOf = (one: string, other: string): number => {
  let row = [...Array(other.length + 1).keys()];
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (const [j, counterpart] of [...other].entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === counterpart ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};

/** Parameters that do not exist. */
const unknownFaults = (given: readonly string[]): readonly string[] => {
  const known = options.map(({ name }) => name);
  return given
    .filter((name) => !known.includes(name))
    .map((name) => `Parameter ${name} is unknown. Did you mean ${nearestName(name, known)}?`);
};

/** Parameters that the code needs but infra/parameters/options.ts lacks. */
export const missingOptions = (functions: readonly string[], known: readonly Option[] = options): readonly string[] => {
  const names = known.map(({ name }) => name);
  const needed = [
    ...parameterVariables.map(({ parameter, variable }) => ({
      name: parameter,
      use: `the functions read it as ${variable}`,
    })),
    ...functions.map((name) => ({
      name: concurrencyParameter(name),
      use: `it limits the concurrent instances of ${name}`,
    })),
  ];
  return needed
    .filter(({ name }) => !names.includes(name))
    .map(({ name, use }) => `Parameter ${name} does not exist: add it to infra/parameters/options.ts; ${use}.`);
};

/**
 * All faults in the values of a stage, including its defaults.
 * @param functions each has a parameter for its concurrency
 * @returns one sentence per fault; each names its parameter
 */
export const parameterFaults = (values: Parameters, functions: readonly string[]): readonly string[] => [
  ...unknownFaults(Object.keys(values)),
  ...options.flatMap((option) => faultsOf(option, values[option.name])),
  ...faultsTogether(values, functions),
];

const faultsOf = (option: Option, value: string | undefined): readonly string[] => {
  // Variables such as ${ssm:...} are resolved later by osls, but the key templates are needed before.
  if (value === undefined || (value.includes('${') && option.name !== 'keyTemplates')) return [];
  try {
    checkForm(option, value);
    // Parsed in the same way as by the functions.
    if (value !== '') parameterVariables.find(({ parameter }) => parameter === option.name)?.parse(value);
    return [];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return [`Parameter ${option.name} ${error.message}`];
  }
};

/** Faults in combinations of parameters that are valid on their own. */
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
        'because each makes at least one call, and Kombo allows at most 30 concurrent calls per integration.',
    );
  }

  // AWS allows 4 KB of names and values. Everything that is not a parameter needs less than 900 bytes.
  const sizes = inEnvironment.map((name) => ({ name, bytes: Buffer.byteLength(parameters[name] ?? '') }));
  const bytes = sizes.reduce((total, size) => total + size.bytes, 0);
  if (bytes > maxEnvironmentBytes) {
    const largest = sizes.reduce((one, other) => (other.bytes > one.bytes ? other : one));
    faults.push(
      `Parameter ${largest.name} has ${largest.bytes} bytes, and all parameters of the functions together have ${bytes}; ` +
        `they must stay within ${maxEnvironmentBytes}, because AWS limits a function's environment.`,
    );
  }

  if (parameters.existingBucket && parameters.bucketName) {
    faults.push(
      "Parameters existingBucket and bucketName are both set; bucketName is for the stack's own bucket, so set one of them to empty.",
    );
  }

  if ((parameters.vpcSubnetIds === '') !== (parameters.vpcSecurityGroupIds === '')) {
    faults.push(
      'Only one of the parameters vpcSubnetIds and vpcSecurityGroupIds is set: a function in a VPC needs both, so set the other one too, or neither.',
    );
  }

  for (const name of ['kmsKeyForLogs', 'kmsKeyForMessages']) {
    if (parameters[name] === 'true' && !parameters.kmsKeyArn)
      faults.push(`Parameter ${name} is true, and kmsKeyArn is empty: set the key, or remove ${name}.`);
  }

  const { canaryKey = '', allowedTypes = '' } = parameters;
  const types = parseAllowedTypes(allowedTypes);
  const canary = options.find(({ name }) => name === 'canaryKey');
  const isKnown = canaryKey !== '' && !canaryKey.includes('${') && canary && faultsOf(canary, canaryKey).length === 0;
  if (isKnown && parsed.ok && types.ok) {
    const fault = canaryFault(canaryKey, { keyTemplates: templates, allowedTypes: types.value });
    if (fault) faults.push(`Parameter canaryKey ${fault.problem}. ${fault.fix}`);
  }

  // A limit of GuardDuty's protection plan.
  if (parameters.scan === 'create-plan' && literalPrefixes(templates).length > 5) {
    faults.push(
      'Parameter keyTemplates starts in more than 5 folders; with scan create-plan GuardDuty allows at most 5.',
    );
  }

  const prefixes = literalPrefixes(templates);
  const patternChars = prefixes.includes('') ? 0 : JSON.stringify(prefixes.map((prefix) => ({ prefix }))).length;
  if ((parameters.existingBucket || parameters.scan !== 'none') && patternChars > maxFolderPatternChars) {
    const because = parameters.existingBucket ? 'existingBucket' : `scan ${parameters.scan}`;
    faults.push(
      `Parameter keyTemplates starts in ${prefixes.length} folders, which take ${patternChars} characters in the pattern of an ` +
        `EventBridge rule; with ${because} they must stay within ${maxFolderPatternChars}: put them into one common folder.`,
    );
  }
  return faults;
};
