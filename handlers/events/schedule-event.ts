import { isObject, parseJson } from '../../lib/json.ts';
import type { Task } from '../../lib/runs/run-report.ts';

export type ScheduleEvent =
  | { readonly kind: 'run'; readonly tasks: readonly Task[] }
  | { readonly kind: 'refused'; readonly detail: string };

/** The default, when the input names no task. */
const both: readonly Task[] = ['due', 'sweep'];

/**
 * Reads the event of a schedule: a rule's envelope (`detail` is an object), EventBridge Scheduler's (`detail` is a
 * string), a constant input such as `{"task":"due"}`, or no input.
 */
export const parseScheduleEvent = (event: unknown): ScheduleEvent => {
  if (event === null || event === undefined) return { kind: 'run', tasks: both };
  if (!isObject(event)) return refuse(`The event is ${Array.isArray(event) ? 'a list' : `a ${typeof event}`}`);
  const envelope =
    event['detail-type'] !== undefined || event.source === 'aws.events' || event.source === 'aws.scheduler';
  const input = 'task' in event || !envelope ? event : detailOf(event.detail);
  if (input === undefined) return refuse('The detail of the event is not a JSON object');
  const { task } = input;
  if (task === undefined) return { kind: 'run', tasks: both };
  if (task === 'due' || task === 'sweep') return { kind: 'run', tasks: [task] };
  return refuse('The task of the event is neither "due" nor "sweep"');
};

const detailOf = (detail: unknown): Record<string, unknown> | undefined => {
  if (detail === undefined || detail === null || detail === '') return {};
  if (isObject(detail)) return detail;
  if (typeof detail !== 'string') return undefined;
  const parsed = parseJson(detail);
  return isObject(parsed) ? parsed : undefined;
};

const refuse = (what: string): ScheduleEvent => ({
  kind: 'refused',
  detail: `${what}. Send {} for everything that is due, {"task":"due"}, or {"task":"sweep"}, which starts a sweep immediately.`,
});
