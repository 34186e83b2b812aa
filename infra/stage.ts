import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { exampleIntegrationId, type Parameters, parameterFaults } from './parameters/faults.ts';
import { defaults } from './parameters/options.ts';

/** The default stage of `osls package`. Until it has its own file, it uses the example. */
const firstStage = 'dev';

export interface StageRequest {
  readonly serviceDir: string;
  readonly stage: string;
  /** `--param` as typed; osls reads an empty one as null. */
  readonly commandLine: readonly (string | null)[];
  readonly functions: readonly string[];
}

export interface Stage {
  /** The content of stages/<stage>.yml. */
  readonly written: Parameters;
  /** All parameters with their final values. */
  readonly values: Parameters;
  readonly faults: readonly string[];
}

/** The settings of a stage: defaults, then stages/<stage>.yml, then the command line. */
export const readStage = ({ serviceDir, stage, commandLine, functions }: StageRequest): Stage => {
  const own = path.join(serviceDir, 'stages', `${stage}.yml`);
  const file = existsSync(own) || stage !== firstStage ? own : path.join(serviceDir, 'stages/example.yml');
  const { written, faults: ofFile } = readFile(file, `stages/${path.basename(file)}`);
  const { given, faults: ofCommandLine } = fromCommandLine(commandLine.map((pair) => pair ?? ''));
  const values = { ...defaults, ...written, ...given };
  const missing =
    !existsSync(file) && commandLine.length === 0
      ? [
          `Stage "${stage}" has no settings: write stages/${stage}.yml (start with a copy of stages/example.yml), ` +
            'or give --param="komboIntegrationId=<tool>:<id>".',
        ]
      : [];
  const notRead = [...missing, ...ofFile, ...ofCommandLine];
  return {
    written,
    values,
    // Faults that only follow from an unread value are not reported.
    faults: [...stageNameFaults(stage), ...(notRead.length > 0 ? notRead : parameterFaults(values, functions))],
  };
};

/** The bucket's name contains the stage, and S3 allows 63 characters. */
const stageNameFaults = (stage: string): readonly string[] =>
  /^[a-z][a-z0-9-]{0,14}$/.test(stage)
    ? []
    : [`Stage "${stage}" cannot be used in names: use at most 15 lower-case letters, digits and hyphens.`];

export const exampleFaults = (stage: string, { komboIntegrationId }: Parameters): readonly string[] =>
  komboIntegrationId === exampleIntegrationId
    ? [`Parameter komboIntegrationId is still the example: set your own in stages/${stage}.yml or by --param.`]
    : [];

const readFile = (file: string, shown: string): Pick<Stage, 'written' | 'faults'> => {
  if (!existsSync(file)) return { written: {}, faults: [] };
  const source = readFileSync(file, 'utf8');
  let content: unknown;
  try {
    content = parse(source);
  } catch (error) {
    const [line = ''] = error instanceof Error ? error.message.split('\n') : [];
    return { written: {}, faults: [`${shown} is not valid YAML: ${line.replace(/:$/, '.')}${unquoted(source)}`] };
  }
  if (content === null || content === undefined) return { written: {}, faults: [] };
  if (typeof content !== 'object' || Array.isArray(content)) {
    return {
      written: {},
      faults: [`${shown} must contain one line per parameter, for example alarmEmail: on-call@example.com.`],
    };
  }
  return {
    written: Object.fromEntries(Object.entries(content).map(([name, value]) => [name, asText(name, value)])),
    faults: [],
  };
};

/** YAML reads a value such as {integration_id}/{filename} as a mapping with text behind it. */
const unquoted = (source: string): string => {
  const [, name, value = ''] = /^(\w+): *(\{[\w-]+\}[^\s#].*?)\s*$/m.exec(source) ?? [];
  return name === undefined ? '' : ` A value that begins with { must be in quotes: ${name}: '${value}'.`;
};

/** Lists, tags and JSON in the form of the command line. Other nested values become JSON, which no option accepts. */
const asText = (name: string, value: unknown): string => {
  if (typeof value !== 'object' || value === null) return String(value ?? '');
  const isFlat = Object.values(value).every((item) => item === null || typeof item !== 'object');
  if (Array.isArray(value) && isFlat) return value.join(name === 'keyTemplates' ? '|' : ',');
  if (name === 'tags' && isFlat)
    return Object.entries(value)
      .map(([key, inner]) => `${key}=${inner ?? ''}`)
      .join(',');
  return JSON.stringify(value);
};

/** The tags in the option `tags`. */
export const tagsOf = ({ tags = '' }: Parameters): Parameters =>
  Object.fromEntries(
    tags
      .split(',')
      .filter((tag) => tag !== '')
      // A value may contain "=" too.
      .map((tag) => [tag.slice(0, tag.indexOf('=')), tag.slice(tag.indexOf('=') + 1)]),
  );

/** Parses `--param="name=value"` as osls does. */
const fromCommandLine = (
  pairs: readonly string[],
): { readonly given: Parameters; readonly faults: readonly string[] } => {
  const split = pairs.map((pair) => {
    const at = pair.indexOf('=');
    return at < 0 ? { name: pair, value: '' } : { name: pair.slice(0, at), value: pair.slice(at + 1).trimEnd() };
  });
  return {
    given: Object.fromEntries(split.filter(({ value }) => value !== '').map(({ name, value }) => [name, value])),
    faults: split
      .filter(({ name, value }) => name === '' || value === '')
      .map(({ name, value }) =>
        name === ''
          ? `--param="${value === '' ? '' : `=${value}`}" has no parameter name: write --param="name=value".`
          : `Parameter ${name} has no value on the command line: osls does not pass empty values. ` +
            'Leave it out to use its default, or set it to an empty value in the file of the stage.',
      ),
  };
};
