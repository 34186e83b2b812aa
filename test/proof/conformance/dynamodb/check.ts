import { isDeepStrictEqual } from 'node:util';
import type { AttributeValue, DynamoDBClient, ServiceOutputTypes } from '@aws-sdk/client-dynamodb';
import { type Check, Mismatch } from '../check.ts';
import { equal } from '../expect.ts';

export type Attributes = Record<string, AttributeValue>;

export interface DynamodbContext {
  readonly client: DynamoDBClient;
  /** The table that all checks share: see `table.ts`. */
  readonly tableName: string;
  /** A text that no other check uses, for keys and for partitions of an index. */
  unique(): string;
}

/** `page` is one of the Amazon DynamoDB API Reference or Developer Guide. */
export type DynamodbCheck = Check<DynamodbContext>;

/** The error with which a call is refused. Fails when the call succeeds, or is refused with another error. */
export const refusal = async (
  call: Promise<ServiceOutputTypes>,
  name: string,
): Promise<
  Error & {
    readonly Item?: Attributes;
    readonly $metadata: { readonly httpStatusCode?: number; readonly requestId?: string };
  }
> => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Mismatch(`expected ${name}, but the call succeeded`);
  if (error.name !== name) throw new Mismatch(`expected ${name}, got ${error.name}: ${error.message}`);
  return error as Awaited<ReturnType<typeof refusal>>;
};

/** @param run also gets a text that no other check uses, for its one item or partition. */
export const check = (
  name: string,
  page: string,
  run: (context: DynamodbContext, own: string) => Promise<void>,
): DynamodbCheck => ({ name, page, run: (context) => run(context, context.unique()) });

/** One call that the documentation says is refused. */
export const refuses = (
  name: string,
  page: string,
  call: (context: DynamodbContext, own: string) => Promise<ServiceOutputTypes>,
  error = 'ValidationException',
): DynamodbCheck => check(name, page, async (context, own) => void (await refusal(call(context, own), error)));

const indexDelayMs = 5_000;

/** Global secondary indexes follow the table with a short delay, so this repeats the request until the answer is as expected. */
export const soon = async (ask: () => Promise<unknown>, expected: unknown, what: string): Promise<void> => {
  const until = Date.now() + indexDelayMs;
  for (;;) {
    const actual = await ask();
    if (isDeepStrictEqual(actual, expected) || Date.now() > until) return equal(actual, expected, what);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** A value that the types forbid, as a program in another language could send it. */
export const malformed = <Value>(value: object): Value => value as Value;
