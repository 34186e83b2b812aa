import { isObject, type JsonObject } from '../../../../lib/json.ts';

/**
 * Whether an event matches an event pattern. Supports the part of the language that the pipe of this stack uses: a
 * field lists allowed texts, or `{ "exists": true | false }`.
 * @throws for anything else, because guessing could let the wrong events through or drop the right ones.
 * @see Amazon EventBridge User Guide, "Event pattern"
 */
export const fits = (pattern: JsonObject, event: unknown): boolean =>
  Object.entries(pattern).every(([name, asked]) => {
    const value = isObject(event) ? event[name] : undefined;
    if (Array.isArray(asked)) return asked.some((one) => fitsOne(one, value));
    if (isObject(asked)) return fits(asked, value);
    throw new Error(`The event pattern has an unsupported value for "${name}".`);
  });

const fitsOne = (asked: unknown, value: unknown): boolean => {
  if (typeof asked === 'string') return value === asked;
  // In EventBridge, `exists` works only on leaf values, not on objects.
  if (isObject(asked) && typeof asked.exists === 'boolean') return asked.exists === isEnd(value);
  throw new Error(`The event pattern has an unsupported rule: ${JSON.stringify(asked)}`);
};

const isEnd = (value: unknown): boolean => value !== undefined && !isObject(value);
