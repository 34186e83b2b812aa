import type { DeliverOptions } from './deliver.ts';

/**
 * With REQUIRE_SCAN only a clean verdict starts a delivery. Whoever finds an object without its verdict (the sweep, a
 * person, a manifest) puts it into the ledger under this, so that it is on a list and a later clean verdict lets it go.
 */
export const withoutVerdict = {
  code: 'SCAN_MISSING',
  detail: 'REQUIRE_SCAN is on, and no clean verdict has come for the object.',
} as const satisfies DeliverOptions['holdAs'];

/** Verdicts come minutes after the upload; this long after it one is missing. */
export const verdictPatienceMs = 30 * 60_000;
