import { isDeepStrictEqual } from 'node:util';
import { Mismatch } from './check.ts';

/** Assertions that fail with one short line, so that a report of many failures stays readable. */
export const equal = (actual: unknown, expected: unknown, what: string): void => {
  if (!isDeepStrictEqual(actual, expected)) {
    throw new Mismatch(`${what}: expected ${shown(expected)}, got ${shown(actual)}`);
  }
};

export const isTrue = (condition: boolean, what: string): void => {
  if (!condition) throw new Mismatch(what);
};

const maxShownCharacters = 160;

const shown = (value: unknown): string => {
  const text = Buffer.isBuffer(value) ? `${value.length} bytes ${value.toString('latin1')}` : JSON.stringify(value);
  return text === undefined || text.length <= maxShownCharacters
    ? String(text)
    : `${text.slice(0, maxShownCharacters)}…`;
};
