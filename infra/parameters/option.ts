import { Fault } from '../../lib/config/setting.ts';

/** @throws {Fault} with the rest of a sentence that begins with "Parameter <name> ". */
export type Check = (value: string) => unknown;

/** What CloudFormation can check of a value, and the sentence about it; the check at packaging is made of the same. */
export interface Form {
  readonly type: 'String' | 'Number' | 'CommaDelimitedList';
  readonly allowed?: readonly string[];
  readonly range?: readonly [min: number, max: number];
  /** Of the whole value, or of each member of a list; without anchors. */
  readonly pattern?: string;
  /** Ends the sentence "it must be ...". */
  readonly must: string;
}

export interface Option extends Form {
  /** As a stage, `--param` and the documentation call it; in the template it begins with a capital letter. */
  readonly name: string;
  /** Its name in the template, where the capital form is taken. */
  readonly parameter?: string;
  readonly group: string;
  /** One or two sentences: stages/example.yml, infra/README.md and the template show them. */
  readonly description: string;
  readonly default: string;
  readonly mayBeEmpty: boolean;
  /** Decided when the stack is packaged, so the template of osls has no such parameter. */
  readonly packaging: boolean;
  /** What no pattern can say. */
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

/** @param pattern without anchors, in what JavaScript's and Java's expressions have in common */
export const text = (pattern: string, must: string): Form => ({ type: 'String', pattern, must });

/** @param pattern of each member */
export const list = (pattern: string, must: string): Form => ({ type: 'CommaDelimitedList', pattern, must });

/** The pattern with which an empty value passes where it may: a list that is empty has one member, an empty one. */
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
