import { stringify } from 'yaml';
import { exampleIntegrationId } from '../parameters/faults.ts';
import type { Option } from '../parameters/option.ts';
import { options } from '../parameters/options.ts';
import { parameterName } from '../parameters/stack-parameters.ts';
import { cell, table } from './tables.ts';

/** The table of all options. */
export const optionsTable = (): string =>
  table(
    ['option', 'parameter of the template', 'default', 'allowed', 'meaning'],
    options.map((option) => [
      `\`${option.name}\``,
      option.packaging ? 'at packaging' : `\`${parameterName(option)}\``,
      option.default === '' ? 'empty' : cell(`\`${option.default}\``),
      cell(option.must),
      cell(option.description),
    ]),
  );

/** One line of YAML. Numbers and booleans are not quoted; a value with { is, because YAML reads a mapping where it begins with one. */
const yamlLine = (name: string, value: string): string =>
  stringify(
    { [name]: /^(\d+|true|false)$/.test(value) ? JSON.parse(value) : value },
    { lineWidth: 0, ...(value.includes('{') && { defaultStringType: 'QUOTE_SINGLE', defaultKeyType: 'PLAIN' }) },
  ).trimEnd();

const head = `# The settings of one stage. Copy this file to stages/<stage>.yml, which git ignores, and remove the # from the lines that you change.
# Each line shows its default. A wrong value stops packaging with a sentence that names it. One-off values: --param="maxBytes=5000000".
# Values may be variables of osls, such as \${ssm:/on-call/email}; with one that asks AWS, packaging needs credentials. A value that begins with { must be in quotes; a list
# may be written with commas or as a list of YAML. The stage dev uses this file until it has its own.
# This file is generated from infra/parameters/options.ts by npm run docs.
`;

/** stages/example.yml: every option with its default, by topic. */
export const exampleStage = (): string =>
  [
    head,
    ...[...new Set(options.map(({ group }) => group))].map((group) =>
      [
        `# --- ${group} ---`,
        ...options
          .filter((option) => option.group === group)
          .flatMap((option) => [`# ${option.description}`, lineOf(option), '']),
      ].join('\n'),
    ),
  ].join('\n');

const lineOf = ({ name, default: byDefault }: Option): string =>
  name === 'komboIntegrationId'
    ? `# With this value packaging works but deployment stops. Put in your own.\n${name}: ${exampleIntegrationId}`
    : `# ${yamlLine(name, byDefault)}`;
