import { at } from '../json.ts';

/**
 * An error whose message is written in this project. It contains no key, name or content, so it may be logged and
 * shown. All errors that this project throws on purpose are of this class. Messages of other errors, such as those of
 * the AWS SDK, may quote data.
 */
export class OwnError extends Error {}

/** Other invocations kept changing the same item. Nothing was lost: the caller tries again. */
export class TooManyConflicts extends OwnError {
  override readonly name = 'TooManyConflicts';

  constructor(item: string) {
    super(`Too many conflicting writes to one ${item}.`);
  }
}

/** What logs and answers show of any error: the message of our own errors; only the name and codes of all others. */
export const describeError = (error: unknown): string => {
  if (error instanceof OwnError) return error.message;
  if (typeof error !== 'object' || error === null) return 'unknown error';
  const name = wordOf('name' in error ? error.name : undefined) ?? 'unknown error';
  const codes = [systemCodeOf(error), httpStatusOf(error)].filter((code) => code !== undefined);
  return codes.length === 0 ? name : `${name} (${codes.join(', ')})`;
};

/** A service may put any text where its SDK expects a name or a code, so only a plain word is accepted. */
const wordOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[A-Za-z][\w.#-]{0,99}$/.test(value) ? value : undefined;

const systemCodeOf = (error: object): string | undefined => ('code' in error ? wordOf(error.code) : undefined);

const httpStatusOf = (error: object): string | undefined => {
  const status = at(error, '$metadata', 'httpStatusCode');
  return typeof status === 'number' ? `HTTP ${status}` : undefined;
};

/**
 * The same error without data, safe to leave the function: Lambda logs a thrown error's message, fields and cause.
 * Stack locations are kept, because a defect cannot be found without them.
 */
export const withoutData = (error: unknown): OwnError => {
  if (error instanceof OwnError) return error;
  const safe = new OwnError(describeError(error));
  safe.stack = `${safe.name}: ${safe.message}${error instanceof Error ? placesOf(error) : ''}`;
  return safe;
};

/**
 * A stack begins with its error's message. If it does not contain the current message, it may contain another one, so
 * it is dropped.
 */
const placesOf = ({ stack = '', message }: Error): string => {
  const messageAt = stack.indexOf(message);
  const rest = messageAt === -1 ? '' : stack.slice(messageAt + message.length);
  return /^\n {4}at /.test(rest) ? rest : '';
};
