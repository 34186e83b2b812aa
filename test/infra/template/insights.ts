import type { JsonObject } from '../../../lib/json.ts';

/** A query of CloudWatch Logs Insights in the part of its language that our saved queries use. */
export interface Query {
  /** The fields of log lines that it names, without those that Insights adds, which start with "@". */
  readonly fields: readonly string[];
  /** Whether its filters select a line. */
  readonly selects: (line: JsonObject) => boolean;
}

/** @throws on anything that it does not support, so that no query goes unchecked. */
export const parseQuery = (text: string): Query => {
  const commands = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .split(/\n?\| /)
    .map((command) => command.trim());
  const fields = new Set<string>();
  const conditions: Condition[] = [];
  const aliases = new Set<string>();
  const name = (field: string): void => {
    if (!field.startsWith('@') && !aliases.has(field)) fields.add(field);
  };
  for (const command of commands) {
    const [, word = '', rest = ''] = /^(\w+) (.+)$/s.exec(command) ?? [];
    switch (word) {
      case 'fields':
        for (const field of rest.split(', ')) name(field);
        break;
      case 'filter':
        conditions.push(...rest.split(' and ').map(parseCondition));
        break;
      case 'stats':
        parseStats(rest, name, aliases);
        break;
      case 'sort':
        name(rest.replace(/ (asc|desc)$/, ''));
        break;
      case 'limit':
        break;
      default:
        throw new Error(`Unknown command: ${command}`);
    }
  }
  for (const { field } of conditions) name(field);
  return { fields: [...fields], selects: (line) => conditions.every(({ holds, field }) => holds(line[field])) };
};

interface Condition {
  readonly field: string;
  readonly holds: (value: unknown) => boolean;
}

const parseCondition = (text: string): Condition => {
  const [, present] = /^ispresent\((\w+)\)$/.exec(text) ?? [];
  if (present !== undefined) return { field: present, holds: (value) => value !== undefined };
  const [, field = '', values] = /^(\w+) (?:= |in \[)('[^']*'(?:, '[^']*')*)\]?$/.exec(text) ?? [];
  if (values === undefined) throw new Error(`Unknown condition: ${text}`);
  const allowed = values.split(', ').map((value) => value.slice(1, -1));
  return { field, holds: (value) => allowed.includes(String(value)) };
};

const parseStats = (text: string, name: (field: string) => void, aliases: Set<string>): void => {
  const [calls = '', groups = ''] = text.split(' by ');
  for (const call of calls.split(', ')) {
    const [, argument = '', alias = ''] = /^\w+\((@?\w+)\) as (\w+)$/.exec(call) ?? [];
    if (alias === '') throw new Error(`Unknown statistic: ${call}`);
    name(argument);
    aliases.add(alias);
  }
  for (const field of groups.split(', ')) name(field);
};
