import { styleText } from 'node:util';
import * as v from 'valibot';

/** What the functions log for each delivery; keys are masked there already. */
const deliveryLine = v.object({
  status: v.string(),
  key: v.string(),
  function_request_id: v.optional(v.string()),
  attempt: v.optional(v.number()),
  totalMs: v.optional(v.number()),
  code: v.optional(v.string()),
  nextStep: v.optional(v.string()),
});
const troubleLine = v.object({
  level: v.picklist(['ERROR', 'CRITICAL']),
  message: v.string(),
  detail: v.optional(v.string()),
});

/** A line of a function's log, as far as a person at the terminal wants to see it. */
export type Activity =
  | ({ readonly kind: 'delivery' } & v.InferOutput<typeof deliveryLine>)
  | { readonly kind: 'trouble'; readonly message: string; readonly detail?: string | undefined };

/** Undefined for what is only for the log: metrics, details, anything that is not of our own making. */
export const activityOf = (line: string): Activity | undefined => {
  const value = parsed(line);
  const delivery = v.safeParse(deliveryLine, value);
  if (delivery.success) return { kind: 'delivery', ...delivery.output };
  const trouble = v.safeParse(troubleLine, value);
  if (trouble.success) return { kind: 'trouble', message: trouble.output.message, detail: trouble.output.detail };
  return undefined;
};

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

export const activityText = (functionName: string, activity: Activity): string => {
  if (activity.kind === 'trouble')
    return `  ${styleText('red', 'error'.padEnd(9))}           ${functionName}: ${activity.message} ${activity.detail ?? ''}`.trimEnd();
  const { status, key, totalMs, code, nextStep } = activity;
  const took = totalMs === undefined ? '' : `${Math.round(totalMs)} ms`;
  const why = code === undefined ? '' : `\n${' '.repeat(22)}${code}. ${nextStep ?? ''}`;
  return `  ${styleText(colourOf(status), shortName(status).padEnd(9))} ${styleText('dim', took.padStart(8))}  ${key}${why}`;
};

/** The names of the ledger's states fit the column, but for one. */
const shortName = (status: string): string => (status === 'already-attached' ? 'attached' : status);

const colourOf = (status: string) => {
  if (status.endsWith('attached')) return 'green';
  return status === 'held' || status === 'rejected' ? 'red' : 'yellow';
};
