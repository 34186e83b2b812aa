import { at } from '../json.ts';

/**
 * An error whose message is written in this project: it holds no key, no name and no content, so it may be logged and shown.
 * Every error that is thrown here on purpose is one. Messages of all others, the AWS SDK's among them, may quote data.
 */
export class OwnError extends Error {}

/** Other invocations kept changing the same item. Nothing was lost: the caller asks again. */
export class TooManyConflicts extends OwnError {
  override readonly name = 'TooManyConflicts';

  constructor(item: string) {
    super(`Too many conflicting writes to one ${item}.`);
  }
}

/** What a log line or an answer says of any error: the message of our own, and of every other its name and codes alone. */
export const describeError = (error: unknown): string => {
  if (error instanceof OwnError) return error.message;
  if (typeof error !== 'object' || error === null) return 'unknown error';
  const name = wordOf('name' in error ? error.name : undefined) ?? 'unknown error';
  const codes = [systemCodeOf(error), httpStatusOf(error)].filter((code) => code !== undefined);
  return codes.length === 0 ? name : `${name} (${codes.join(', ')})`;
};

/** A service may write anything where its SDK expects a name or a code, so only what looks like one passes. */
const wordOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[A-Za-z][\w.#-]{0,99}$/.test(value) ? value : undefined;

const systemCodeOf = (error: object): string | undefined => ('code' in error ? wordOf(error.code) : undefined);

const httpStatusOf = (error: object): string | undefined => {
  const status = at(error, '$metadata', 'httpStatusCode');
  return typeof status === 'number' ? `HTTP ${status}` : undefined;
};

/**
 * The same error, fit to leave the function: Lambda logs what a handler throws with its message, its fields and its cause.
 * The places in the code stay, because without them a defect could not be found.
 */
export const withoutData = (error: unknown): OwnError => {
  if (error instanceof OwnError) return error;
  const safe = new OwnError(describeError(error));
  safe.stack = `${safe.name}: ${safe.message}${error instanceof Error ? placesOf(error) : ''}`;
  return safe;
};

/** A stack begins with the message; one that does not hold it any more may hold another. */
const placesOf = ({ stack = '', message }: Error): string => {
  const messageAt = stack.indexOf(message);
  const rest = messageAt === -1 ? '' : stack.slice(messageAt + message.length);
  return /^\n {4}at /.test(rest) ? rest : '';
};
