import { isObject, type JsonObject } from '../../../../lib/json.ts';

/**
 * Whether an event fits an event pattern: the part of the language that the pipe of this stack uses. A field lists what it may
 * be: texts, or `{ "exists": true | false }`.
 * @throws for anything else: a pattern that is not understood must not let events through, nor keep them.
 * @see Amazon EventBridge User Guide, "Event pattern"
 */
export const fits = (pattern: JsonObject, event: unknown): boolean =>
  Object.entries(pattern).every(([name, asked]) => {
    const value = isObject(event) ? event[name] : undefined;
    if (Array.isArray(asked)) return asked.some((one) => fitsOne(one, value));
    if (isObject(asked)) return fits(asked, value);
    throw new Error(`The event pattern has something for "${name}" that is not understood.`);
  });

const fitsOne = (asked: unknown, value: unknown): boolean => {
  if (typeof asked === 'string') return value === asked;
  // `exists` is for the ends of an event, not for what holds more.
  if (isObject(asked) && typeof asked.exists === 'boolean') return asked.exists === isEnd(value);
  throw new Error(`The event pattern has a rule that is not understood: ${JSON.stringify(asked)}`);
};

const isEnd = (value: unknown): boolean => value !== undefined && !isObject(value);
