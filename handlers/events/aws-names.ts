/** A JSON object whose fields nobody vouches for. */
export type Fields = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at the end of a path of field names; undefined as soon as the path breaks off. */
export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), value);

/** A string with something in it. AWS writes absent texts as a missing field, as null and as "". */
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The name of an event in AWS's vocabulary ("ObjectRemoved:Delete"), fit for a log; anything longer or odder is not. */
export const eventName = (value: unknown): string =>
  typeof value === 'string' && /^[\w:. *-]{1,80}$/.test(value) ? value : 'An event without a plain name';

/** `aws.s3`, `aws:kinesis`. Only AWS's own: a custom source may be called anything, also after a person. */
export const awsSource = (value: unknown): string =>
  typeof value === 'string' && /^aws[.:][\w:.-]{1,60}$/.test(value) ? value : 'a source that is not of AWS';
