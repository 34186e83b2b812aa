import * as v from 'valibot';
import type { Courier } from '../../lib/courier.ts';
import type { Deadline } from '../../lib/deadline.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { StackSetup } from '../../lib/operator/check/stack-setup.ts';
import type { Answer } from './answer/answer.ts';
import { fields, isFieldName } from './fields.ts';
import { unknownCode } from './request/unknown-code.ts';

/** The courier, the function's deadline, and the facts about the stack that only "check" needs. */
export interface ActionCourier extends Courier {
  readonly deadline: Deadline;
  readonly setup: StackSetup;
}

/** One thing that an operator can ask for. */
export interface Action {
  readonly name: string;
  /** Completes the line "name: ..." in the usage text. */
  readonly does: string;
  readonly example: JsonObject;
  /** Whether it can change or send something. If so, the log records who asked for it and why. */
  readonly changes: boolean;
  /** Returns what to run, or sentences that name the wrong fields. */
  readonly read: (
    request: JsonObject,
  ) => { readonly run: (courier: ActionCourier) => Promise<Answer> } | { readonly problems: readonly string[] };
}

type InputSchema = v.GenericSchema<unknown, unknown>;

/** Defines an action, with the input of `run` typed by the schema. */
export const action = <Schema extends InputSchema>({
  name,
  does,
  example,
  changes,
  schema,
  run,
}: Pick<Action, 'name' | 'does' | 'example' | 'changes'> & {
  /** Describes the request without its field `action`. */
  readonly schema: Schema;
  readonly run: (input: v.InferOutput<Schema>, courier: ActionCourier) => Promise<Answer>;
}): Action => ({
  name,
  does,
  example,
  changes,
  read: ({ action: _, ...request }) => {
    const parsed = v.safeParse(schema, request);
    if (parsed.success) return { run: (courier) => run(parsed.output, courier) };
    return { problems: [...new Set(parsed.issues.map((issue) => sentenceOf(name, issue)))] };
  },
});

const sentenceOf = (action: string, issue: v.BaseIssue<unknown>): string => {
  const name = String(issue.path?.[0]?.key ?? '');
  if (issue.type === 'strict_object' && issue.expected === 'never') return `"${action}" has no field "${name}".`;
  // A rule about several fields has a complete sentence as its message.
  if (!isFieldName(name)) return issue.message;
  if (name === 'force' && issue.received === 'undefined')
    return 'Add "force": true to accept that the ATS may then have the file twice.';
  if (name === 'code' && typeof issue.input === 'string') return unknownCode(issue.input);
  return `"${name}" ${issue.received === 'undefined' ? 'is missing; it is' : 'is wrong; it must be'} ${fields[name].is}.`;
};

type Optional<Names extends string> = { readonly [Name in Names]?: unknown };

/** Requires exactly one of these fields. */
export const oneOf =
  <const Names extends readonly string[]>(...names: Names) =>
  <Input extends Optional<Names[number]>>() =>
    v.check<Input, string>(
      (input) => givenFields(names, input).length === 1,
      `Give exactly one of ${quoteAll(names)}.`,
    );

/** Allows at most one of these fields; none of them means everything. */
export const atMostOneOf =
  <const Names extends readonly string[]>(...names: Names) =>
  <Input extends Optional<Names[number]>>() =>
    v.check<Input, string>((input) => givenFields(names, input).length <= 1, `Give at most one of ${quoteAll(names)}.`);

const givenFields = (names: readonly string[], input: object): readonly string[] =>
  names.filter((name) => (input as JsonObject)[name] !== undefined);

const quoteAll = (names: readonly string[]): string =>
  `${names
    .slice(0, -1)
    .map((name) => `"${name}"`)
    .join(', ')} and "${names.at(-1)}"`;
