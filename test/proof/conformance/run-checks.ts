import { Mismatch, type PreparedCheck } from './check.ts';

export type Verdict =
  | { readonly kind: 'passed' }
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'known'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

export type CheckResult = Verdict & { readonly name: string; readonly page: string };

/** Known deviations of one implementation: the name of a check, and why the implementation fails it. */
export type Deviations = Readonly<Record<string, string>>;

export interface RunOptions {
  /** Runs only the checks with this text in their names. */
  readonly only?: string | undefined;
  readonly known: Deviations;
  readonly parallel?: number;
  readonly timeoutMs?: number;
}

/** Only stops checks that would never end: a busy machine needs half a minute for 16 MB of items. */
const defaultTimeoutMs = 90_000;

/**
 * Runs a few checks concurrently: each uses its own keys, so none sees another's objects.
 * An entry of the known deviations that no longer deviates, or names no check, is a failure, so that the list stays correct.
 */
export const runChecks = async (
  checks: readonly PreparedCheck[],
  { only, known, parallel = 4, timeoutMs = defaultTimeoutMs }: RunOptions,
): Promise<readonly CheckResult[]> => {
  const names = new Set(checks.map(({ name }) => name));
  if (names.size !== checks.length) throw new Error('Two checks of one suite have the same name.');
  const chosen = checks.filter(({ name }) => only === undefined || name.includes(only));
  const results: CheckResult[] = [];
  const waiting = [...chosen.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [at, check] = next;
      results[at] = {
        name: check.name,
        page: check.page,
        ...judge(await verdictOf(check, timeoutMs), known[check.name]),
      };
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  const unknown = only === undefined ? Object.keys(known).filter((name) => !names.has(name)) : [];
  return [...results, ...unknown.map(namesNoCheck)];
};

const verdictOf = async (check: PreparedCheck, timeoutMs: number): Promise<Verdict> => {
  if (check.skip !== undefined) return { kind: 'skipped', reason: check.skip };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Mismatch(`not finished after ${timeoutMs / 1000} s`)), timeoutMs);
  });
  try {
    await Promise.race([check.run(), late]);
    return { kind: 'passed' };
  } catch (error) {
    return { kind: 'failed', reason: reasonOf(error) };
  } finally {
    clearTimeout(timer);
  }
};

const judge = (verdict: Verdict, knownReason: string | undefined): Verdict => {
  if (knownReason === undefined || verdict.kind === 'skipped') return verdict;
  return verdict.kind === 'failed'
    ? { kind: 'known', reason: knownReason }
    : { kind: 'failed', reason: 'listed as a known deviation, but it passes now: remove the entry' };
};

const namesNoCheck = (name: string): CheckResult => ({
  name,
  page: 'known-deviations.ts',
  kind: 'failed',
  reason: 'listed as a known deviation, but no check has this name',
});

const reasonOf = (error: unknown): string => {
  if (error instanceof Mismatch) return error.message;
  if (!(error instanceof Error)) return String(error);
  const status = '$metadata' in error ? (error.$metadata as { httpStatusCode?: number }).httpStatusCode : undefined;
  const line = `${error.name}${status === undefined ? '' : ` (HTTP ${status})`}: ${error.message}`;
  return line.replaceAll(/\s+/g, ' ').slice(0, 240);
};
