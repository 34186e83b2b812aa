import { anyError } from '../api/errors.ts';
import { atsHabits, isHabit } from './ats-habits.ts';
import type { Fault } from './fault.ts';

/** A row of the fault table. */
export interface CatalogueEntry {
  /** `<…>` is a value, `[…]` is optional. */
  readonly form: string;
  readonly meaning: string;
  readonly parse: (name: string) => Fault | undefined;
}

const entry = (
  form: string,
  pattern: RegExp,
  meaning: string,
  make: (groups: Readonly<Record<string, string | undefined>>) => Fault,
): CatalogueEntry => ({
  form,
  meaning,
  parse: (name) => {
    const match = pattern.exec(name);
    return match === null ? undefined : make(match.groups ?? {});
  },
});

/** With only a status, there is no code; with only a code, its usual status applies. */
const statusOrCode = (status: string | undefined, code: string | undefined) => {
  const dotted = code?.replace('--', '.') ?? null;
  return { code: dotted, status: status === undefined ? anyError(dotted, '').status : Number(status) };
};

const habitEntry = ([form, meaning]: readonly [string, string]): CatalogueEntry => ({
  form,
  meaning,
  parse: (name) =>
    isHabit(name) && name.replace(/-\d+ms$/, '-<n>ms') === form ? { kind: 'habit', habit: name } : undefined,
});

const megabyte = 1_000_000;

/**
 * Every fault that has a name. Names stay within `[A-Za-z0-9_-]`, so that a candidate id can contain them; the dot of
 * an error code is therefore written `--`. The README shows this table.
 */
export const catalogue: readonly CatalogueEntry[] = [
  entry(
    '<CODE>[-at-<status>][-stored]',
    /^(?<code>[A-Z0-9_]+--[A-Z0-9_]+)(?:-at-(?<status>[2-5]\d\d))?(?<stored>-stored)?$/,
    'an error with this code, which may be one that Kombo does not document (`REMOTE--SERVICE_UNAVAILABLE`)',
    ({ code, status, stored }) => ({
      kind: 'error',
      ...statusOrCode(status, code),
      stored: stored !== undefined,
    }),
  ),
  entry(
    'status-<status>[-stored]',
    /^status-(?<status>[2-5]\d\d)(?<stored>-stored)?$/,
    'an error with this HTTP status and `code: null`',
    ({ status, stored }) => ({ kind: 'error', ...statusOrCode(status, undefined), stored: stored !== undefined }),
  ),
  entry(
    'bare-<status>[-stored]',
    /^bare-(?<status>[2-5]\d\d)(?<stored>-stored)?$/,
    'an error with only a message: no code, title or log_url',
    ({ status, stored }) => ({
      kind: 'error',
      code: null,
      status: Number(status),
      stored: stored !== undefined,
      bare: true,
    }),
  ),
  entry(
    'early-<status or CODE>[-drained]',
    /^early-(?:(?<status>[45]\d\d)|(?<code>[A-Z0-9_]+--[A-Z0-9_]+))(?<drained>-drained)?$/,
    'an error right after the headers, while the body is being sent; the rest of the body is not read, or read completely (`-drained`)',
    ({ status, code, drained }) => ({ kind: 'early', ...statusOrCode(status, code), drained: drained !== undefined }),
  ),
  entry(
    'reset-before-body',
    /^reset-before-body$/,
    'the connection is reset before any byte of the body is read',
    () => ({
      kind: 'reset-before-body',
    }),
  ),
  entry(
    'reset-mid-body[-<n>b]',
    /^reset-mid-body(?:-(?<bytes>\d+)b)?$/,
    'the connection is reset after n bytes of the body, or after half of it',
    ({ bytes }) => ({ kind: 'reset-mid-body', ...(bytes ? { afterBytes: Number(bytes) } : {}) }),
  ),
  entry(
    'reset-after-body[-stored]',
    /^reset-after-body(?<stored>-stored)?$/,
    'the whole body is read, then the connection is reset',
    ({ stored }) => ({ kind: 'reset-after-body', stored: stored !== undefined }),
  ),
  entry(
    'silence[-stored]',
    /^silence(?<stored>-stored)?$/,
    'the whole body is read, but no answer is ever sent',
    ({ stored }) => ({ kind: 'silence', stored: stored !== undefined }),
  ),
  entry(
    'html-<status>[-stored]',
    /^html-(?<status>[2-5]\d\d)(?<stored>-stored)?$/,
    'an HTML page, as sent by a load balancer (`html-502`, `html-200`)',
    ({ status, stored }) => ({ kind: 'html', status: Number(status), stored: stored !== undefined }),
  ),
  entry(
    'empty-<status>[-stored]',
    /^empty-(?<status>[2-5]\d\d)(?<stored>-stored)?$/,
    'an answer without a body (`empty-200`)',
    ({ status, stored }) => ({ kind: 'empty', status: Number(status), stored: stored !== undefined }),
  ),
  entry(
    'error-in-200[-stored]',
    /^error-in-200(?<stored>-stored)?$/,
    '`status: "error"` under HTTP 200',
    ({ stored }) => ({ kind: 'error-in-200', stored: stored !== undefined }),
  ),
  entry('created-201', /^created-201$/, 'success, as HTTP 201', () => ({ kind: 'created' })),
  entry('no-warnings', /^no-warnings$/, 'success, without the field `warnings`', () => ({ kind: 'no-warnings' })),
  entry('truncated-json', /^truncated-json$/, 'success, with its JSON cut in half in a complete HTTP response', () => ({
    kind: 'truncated-json',
  })),
  entry('cut-answer', /^cut-answer$/, 'success, but the connection ends in the middle of the answer', () => ({
    kind: 'cut-answer',
  })),
  entry('huge[-<n>mb]', /^huge(?:-(?<size>\d+)mb)?$/, 'success, with an answer of n MB (default 50)', ({ size }) => ({
    kind: 'huge',
    sizeBytes: Number(size ?? 50) * megabyte,
  })),
  entry(
    'drip[-<n>ms]',
    /^drip(?:-(?<ms>\d+)ms)?$/,
    'success, sent at one byte every n ms (default 5000)',
    ({ ms }) => ({ kind: 'drip', everyMs: Number(ms ?? 5000) }),
  ),
  entry(
    'delay-<n>ms',
    /^delay-(?<ms>\d+)ms$/,
    'the call is performed, and its answer is delayed by n ms',
    ({ ms }) => ({
      kind: 'delay',
      ms: Number(ms),
    }),
  ),
  entry(
    'slow-<n>ms',
    /^slow-(?<ms>\d+)ms$/,
    'the call takes n ms, and is performed even when the caller disconnects',
    ({ ms }) => ({ kind: 'slow', ms: Number(ms) }),
  ),
  entry('warnings', /^warnings$/, 'success, with a warning', () => ({
    kind: 'warnings',
    messages: ['The tool does not know this type of file; it was stored as other.'],
  })),
  ...Object.entries(atsHabits).map(habitEntry),
];
