/** A JSON object with fields of any type: what AWS, Kombo or a user sent, before anything about it is checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/*
 * Readers for JSON that another side may change without notice: a value of an unexpected type counts as absent, so a
 * field that moved never throws.
 */

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at the end of a path of field names; undefined as soon as the path breaks off. */
export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), value);

export const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** AWS writes an absent text as a missing field, as null or as "": all three are undefined here. */
export const nonEmptyText = (value: unknown): string | undefined => text(value) || undefined;

export const list = (value: unknown): readonly unknown[] | undefined => (Array.isArray(value) ? value : undefined);

/** Undefined for text that is not JSON. The parser's own message is dropped: it quotes the text, which may name a person. */
export const parseJson = (source: string): unknown => {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
};
