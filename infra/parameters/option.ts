import { Fault } from '../../lib/config/setting.ts';

/** @throws {Fault} with a message that continues a sentence after "Parameter <name> " */
export type Check = (value: string) => unknown;

/**
 * The checks that CloudFormation can make of a value, and their error message. The check at packaging uses the same.
 */
export interface Form {
  readonly type: 'String' | 'Number' | 'CommaDelimitedList';
  readonly allowed?: readonly string[];
  readonly range?: readonly [min: number, max: number];
  /** A pattern for the whole value, or for each member of a list; without anchors. */
  readonly pattern?: string;
  /** Completes the sentence "it must be ...". */
  readonly must: string;
}

export interface Option extends Form {
  /** The name in stages, in `--param` and in the documentation. In the template it starts with a capital letter. */
  readonly name: string;
  /** Its name in the template, if it differs from the capitalised name. */
  readonly parameter?: string;
  readonly group: string;
  /** One or two sentences: stages/example.yml, infra/README.md and the template show them. */
  readonly description: string;
  readonly default: string;
  readonly mayBeEmpty: boolean;
  /** Used at packaging, so the osls form of the template has no such parameter. */
  readonly packaging: boolean;
  /** A check that a pattern cannot express. */
  readonly further?: Check;
}

export const oneOf = (...allowed: readonly string[]): Form => ({
  type: 'String',
  allowed,
  must: `${allowed.slice(0, -1).join(', ')} or ${allowed.at(-1)}`,
});

export const oneNumberOf = (...allowed: readonly number[]): Form => ({
  ...oneOf(...allowed.map(String)),
  type: 'Number',
});

export const wholeNumber = (min: number, max: number): Form => ({
  type: 'Number',
  range: [min, max],
  must: `a whole number from ${min} to ${max}`,
});

/** @param pattern without anchors, in the syntax that JavaScript and Java share */
export const text = (pattern: string, must: string): Form => ({ type: 'String', pattern, must });

/** @param pattern of each member */
export const list = (pattern: string, must: string): Form => ({ type: 'CommaDelimitedList', pattern, must });

/** The anchored pattern, which also accepts an empty value if that is allowed. An empty list has one empty member. */
export const patternOf = ({ pattern, mayBeEmpty }: Pick<Option, 'pattern' | 'mayBeEmpty'>): string | undefined =>
  pattern === undefined ? undefined : mayBeEmpty ? `^(${pattern})?$` : `^(${pattern})$`;

const fits = ({ type, allowed, range, pattern }: Form, value: string): boolean => {
  if (allowed !== undefined) return allowed.includes(value);
  if (range !== undefined) return /^\d{1,9}$/.test(value) && Number(value) >= range[0] && Number(value) <= range[1];
  const members = type === 'CommaDelimitedList' ? value.split(',') : [value];
  return pattern === undefined || members.every((member) => new RegExp(`^(${pattern})$`).test(member));
};

/** @throws {Fault} */
export const checkForm = (option: Option, value: string): void => {
  if (value === '' && option.mayBeEmpty) return;
  if (!fits(option, value)) throw new Fault(`is "${value}"; it must be ${option.must}.`);
  option.further?.(value);
};
