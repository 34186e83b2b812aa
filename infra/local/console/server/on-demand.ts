import * as v from 'valibot';
import type { KeyTemplate } from '../../../../lib/key-template/match-key.ts';
import { maskKey } from '../../../../lib/upload/object-key.ts';
import { FunctionFailed } from '../../aws/lambda/process.ts';
import type { Board } from './console-state.ts';
import type { ObservedStack } from './observed-stack.ts';
import { type Asked, type Asking, askActions } from './view.ts';

const asking = v.object({
  action: v.picklist(askActions),
  row: v.optional(v.string()),
  scope: v.optional(v.string()),
  reason: v.optional(v.string()),
  run: v.boolean(),
  names: v.boolean(),
});

export const readAsking = (value: unknown): Asking | undefined => {
  const parsed = v.safeParse(asking, value);
  // Optional fields that were left out stay out.
  return parsed.success ? (JSON.parse(JSON.stringify(parsed.output)) as Asking) : undefined;
};

const defaultReason = 'Asked for from the local console.';

/** What one would paste into the test window of on-demand in the AWS console; undefined without the row it needs. */
const eventFor = ({ action, scope, reason = defaultReason }: Asking, key: string | undefined): unknown => {
  switch (action) {
    case 'check':
      return { action: 'check' };
    case 'counts':
      return { action: 'status' };
    case 'status':
    case 'dryRun':
      return key === undefined ? undefined : { action, key };
    case 'retry':
      return key === undefined ? undefined : { action, key, reason };
    case 'resume':
      return scope === undefined ? undefined : { action, integration_id: scope, reason };
  }
};

/** Shows the event, and runs it when asked to. The answer goes to the page masked like everything else. */
export const ask = async (
  { functions, config }: Pick<ObservedStack, 'functions' | 'config'>,
  board: Pick<Board, 'rows' | 'nudge'>,
  request: Asking,
): Promise<Asked | undefined> => {
  const row = request.row === undefined ? undefined : board.rows.get(request.row);
  const event = eventFor(request, row?.key);
  if (event === undefined) return undefined;
  const shown = shownTo(request.names, config.keyTemplates, board);
  if (!request.run) return { event: shown(event) };
  const onDemand = functions.get('on-demand');
  if (!onDemand) {
    return {
      event: shown(event),
      trouble: 'This stack runs no on-demand function. Build it with npm run build, and start again.',
    };
  }
  try {
    return { event: shown(event), answer: shown(await onDemand.invoke(event)) };
  } catch (error) {
    if (!(error instanceof FunctionFailed)) throw error;
    return { event: shown(event), trouble: String(shown(`${error.error.errorType}: ${error.error.errorMessage}`)) };
  } finally {
    board.nudge();
  }
};

/** Fields of answers that hold names whatever they say. */
const personalFields: ReadonlySet<string> = new Set(['name', 'filename', 'komboMessage', 'warnings']);

const shownTo = (names: boolean, templates: readonly KeyTemplate[], { rows }: Pick<Board, 'rows'>) => {
  if (names) return (value: unknown) => value;
  // Longest first: a key may begin with another one.
  const keys = [...rows.values()].map(({ key }) => key).sort((a, b) => b.length - a.length);
  const text = (value: string) => {
    let masked = value;
    for (const key of keys) {
      masked = masked.replaceAll(key, maskKey(key, templates));
      const name = key.slice(key.lastIndexOf('/') + 1);
      if (name.length > 3) masked = masked.replaceAll(name, maskKey(name));
    }
    return masked;
  };
  const mask = (value: unknown, field = ''): unknown => {
    if (typeof value === 'string') {
      if (personalFields.has(field)) return maskKey(value);
      return field === 'key' ? maskKey(value, templates) : text(value);
    }
    if (Array.isArray(value)) return value.map((each) => mask(each, field === 'keys' ? 'key' : field));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mask(each, name)]));
  };
  return mask;
};
