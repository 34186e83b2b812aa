import { OwnError } from '../failures/own-error.ts';

/** One environment variable: how it is parsed, and what the documentation says about it. */
export interface Setting<T> {
  readonly name: string;
  readonly meaning: string;
  /** Written as in the environment. A variable without a default is required, unless `optional`. */
  readonly default?: string;
  readonly optional?: true;
  readonly setBy: SetBy;
  /** @throws {Fault} with a message that continues a sentence after the variable's name */
  readonly parse: (text: string) => T;
}

/**
 * What sets the variable of a deployed function:
 * - a parameter of the stack: a row of infra/parameters/options.ts.
 * - `stack`: an expression under `provider.environment` in serverless.yml, because its value comes from other
 *   resources.
 * - `unset`: nothing, so the default applies. Only the local stack and tests set it.
 */
export type SetBy = { readonly parameter: string } | 'stack' | 'unset';

/**
 * Says what is wrong with a value, as the rest of a sentence that starts with the variable's name. Never repeats a
 * secret.
 */
export class Fault extends OwnError {
  override readonly name = 'Fault';
}

export const text = (value: string): string => value;

export const oneOf =
  <const T extends string>(...values: readonly T[]) =>
  (value: string): T => {
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) throw new Fault(`is "${value}"; it must be ${values.join(' or ')}.`);
    return found;
  };

export const flag = (value: string): boolean => oneOf('true', 'false')(value.toLowerCase()) === 'true';

/** A whole number within bounds, in the unit that the variable's name or meaning gives. */
export const wholeNumber =
  (min: number, max: number) =>
  (value: string): number => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new Fault(`is "${value}"; it must be a whole number from ${min} to ${max}.`);
  };

/** Whole numbers joined by "+", because CloudFormation cannot add. */
export const sumOfWholeNumbers =
  (min: number, max: number) =>
  (value: string): number => {
    const parts = value.split('+');
    const sum = parts.every((part) => /^\d{1,6}$/.test(part))
      ? parts.reduce((total, part) => total + Number(part), 0)
      : Number.NaN;
    if (sum >= min && sum <= max) return sum;
    throw new Fault(`is "${value}"; it must be a whole number from ${min} to ${max}, or several joined by "+".`);
  };

/** Whole minutes, as milliseconds. */
export const minutes =
  (min: number, max: number) =>
  (value: string): number =>
    wholeNumber(min, max)(value) * 60_000;

/** Seconds with at most three decimals, as milliseconds. Tests shorten waits to fractions of a second. */
export const seconds =
  (minMs: number, maxMs: number) =>
  (value: string): number => {
    const ms = /^\d{1,9}(\.\d{1,3})?$/.test(value) ? Math.round(Number(value) * 1000) : Number.NaN;
    if (ms >= minMs && ms <= maxMs) return ms;
    throw new Fault(`is "${value}"; it must be seconds from ${minMs / 1000} to ${maxMs / 1000}.`);
  };
