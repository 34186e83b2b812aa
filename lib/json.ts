/** A JSON object with unchecked fields, as sent by AWS, Kombo or a user. */
export type JsonObject = Readonly<Record<string, unknown>>;

/*
 * Readers for JSON that its sender may change without notice. A value of an unexpected type counts as absent, so these
 * functions never throw.
 */

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at the end of a path of field names; undefined if a part of the path is missing. */
export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), value);

export const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** AWS represents an absent text as a missing field, null or "". All three become undefined. */
export const nonEmptyText = (value: unknown): string | undefined => text(value) || undefined;

export const list = (value: unknown): readonly unknown[] | undefined => (Array.isArray(value) ? value : undefined);

/**
 * Undefined for text that is not JSON. The parser's own message is dropped, because it quotes the text, which may name
 * a person.
 */
export const parseJson = (source: string): unknown => {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
};
