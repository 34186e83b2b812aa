import { styleText } from 'node:util';
import * as v from 'valibot';

/** The log line of a delivery; its key is already masked. */
const deliveryLine = v.object({
  status: v.string(),
  key: v.string(),
  etag: v.optional(v.string()),
  function_request_id: v.optional(v.string()),
  attempt: v.optional(v.number()),
  totalMs: v.optional(v.number()),
  code: v.optional(v.string()),
  nextStep: v.optional(v.string()),
  logUrl: v.optional(v.string()),
});
const troubleLine = v.object({
  level: v.picklist(['ERROR', 'CRITICAL']),
  message: v.string(),
  detail: v.optional(v.string()),
});

/** The part of a function's log line that the terminal shows. */
export type Activity =
  | ({ readonly kind: 'delivery' } & v.InferOutput<typeof deliveryLine>)
  | { readonly kind: 'trouble'; readonly message: string; readonly detail?: string | undefined };

/** Undefined for lines that are not shown: metrics, details, and output of other code. */
export const activityOf = (line: string): Activity | undefined => {
  const value = parseLine(line);
  const delivery = v.safeParse(deliveryLine, value);
  if (delivery.success) return { kind: 'delivery', ...delivery.output };
  const trouble = v.safeParse(troubleLine, value);
  if (trouble.success) return { kind: 'trouble', message: trouble.output.message, detail: trouble.output.detail };
  return undefined;
};

const parseLine = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

export const activityText = (functionName: string, activity: Activity): string => {
  if (activity.kind === 'trouble')
    return `  ${styleText('red', 'error'.padEnd(9))}           ${functionName}: ${activity.message} ${activity.detail ?? ''}`.trimEnd();
  const { status, key, totalMs, code, nextStep, logUrl } = activity;
  const took = totalMs === undefined ? '' : `${Math.round(totalMs)} ms`;
  const indent = `\n${' '.repeat(22)}`;
  const why = code === undefined ? '' : `${indent}${code}. ${nextStep ?? ''}`;
  const log = logUrl === undefined ? '' : `${indent}logUrl: ${logUrl}`;
  return `  ${styleText(colourOf(status), shortName(status).padEnd(9))} ${styleText('dim', took.padStart(8))}  ${key}${why}${log}`;
};

/** All states but one fit into the column. */
const shortName = (status: string): string => (status === 'already-attached' ? 'attached' : status);

const colourOf = (status: string) => {
  if (status.endsWith('attached')) return 'green';
  return status === 'held' || status === 'rejected' ? 'red' : 'yellow';
};
