import * as v from 'valibot';
import type { KeyTemplate } from '../../../../lib/key-template/match-key.ts';
import { maskNames } from '../../../../lib/telemetry/mask-key.ts';
import { FunctionFailed } from '../../aws/lambda/process.ts';
import type { ConsoleState } from './console-state.ts';
import type { ObservedStack } from './observed-stack.ts';
import { askActions, type Question, type Reply } from './view.ts';

const questionSchema = v.object({
  action: v.picklist(askActions),
  row: v.optional(v.string()),
  integration: v.optional(v.string()),
  code: v.optional(v.string()),
  reason: v.optional(v.string()),
  run: v.boolean(),
  names: v.boolean(),
});

export const readQuestion = (value: unknown): Question | undefined => {
  const parsed = v.safeParse(questionSchema, value);
  // Removes optional fields that are undefined.
  return parsed.success ? (JSON.parse(JSON.stringify(parsed.output)) as Question) : undefined;
};

const defaultReason = 'Requested in the local console.';

/** The event to paste into the Test tab of the AWS console; undefined when its row or pause does not exist. */
const eventFor = (
  { action, integration, code, reason = defaultReason }: Question,
  key: string | undefined,
): unknown => {
  switch (action) {
    case 'check':
      return { action: 'check' };
    case 'counts':
      return { action: 'status' };
    case 'status':
    case 'dryRun':
      return key === undefined ? undefined : { action, key };
    case 'retry':
    case 'resolve':
      return key === undefined ? undefined : { action, key, reason };
    case 'resend':
      return key === undefined ? undefined : { action, key, force: true, reason };
    case 'resume':
      return integration === undefined || code === undefined
        ? undefined
        : { action, integration_id: integration, code, reason };
  }
};

/** Returns the event, and runs it when `run` is set. The answer is masked like everything else on the page. */
export const ask = async (
  { functions, settings }: Pick<ObservedStack, 'functions' | 'settings'>,
  consoleState: Pick<ConsoleState, 'rows' | 'nudge'>,
  question: Question,
): Promise<Reply | undefined> => {
  const row = question.row === undefined ? undefined : consoleState.rows.get(question.row);
  const event = eventFor(question, row?.key);
  if (event === undefined) return undefined;
  const mask = maskFor(question.names, settings.keyTemplates, consoleState);
  if (!question.run) return { event: mask(event) };
  const onDemand = functions.get('on-demand');
  if (!onDemand) {
    return {
      event: mask(event),
      trouble: 'This stack runs without the on-demand function. Build it with npm run build, then restart.',
    };
  }
  try {
    return { event: mask(event), answer: mask(await onDemand.invoke(event)) };
  } catch (error) {
    if (!(error instanceof FunctionFailed)) throw error;
    return { event: mask(event), trouble: String(mask(`${error.error.errorType}: ${error.error.errorMessage}`)) };
  } finally {
    consoleState.nudge();
  }
};

/** Fields of answers that always hold names. */
const personalFields: ReadonlySet<string> = new Set(['name', 'filename', 'komboMessage', 'warnings']);

const maskFor = (names: boolean, templates: readonly KeyTemplate[], { rows }: Pick<ConsoleState, 'rows'>) => {
  if (names) return (value: unknown) => value;
  // Longest first, because a key may start with another key.
  const keys = [...rows.values()].map(({ key }) => key).sort((a, b) => b.length - a.length);
  const sentNames = [...rows.values()].flatMap(({ sentName = '' }) => (sentName.length > 3 ? [sentName] : []));
  const text = (value: string) => {
    let masked = value;
    for (const key of keys) {
      masked = masked.replaceAll(key, maskNames(key, templates));
      const name = key.slice(key.lastIndexOf('/') + 1);
      if (name.length > 3) masked = masked.replaceAll(name, maskNames(name));
    }
    for (const name of sentNames) masked = masked.replaceAll(name, maskNames(name));
    return masked;
  };
  const mask = (value: unknown, field = ''): unknown => {
    if (typeof value === 'string') {
      if (personalFields.has(field)) return maskNames(value);
      return field === 'key' ? maskNames(value, templates) : text(value);
    }
    if (Array.isArray(value)) return value.map((each) => mask(each, field === 'keys' ? 'key' : field));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mask(each, name)]));
  };
  return mask;
};
