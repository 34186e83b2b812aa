import type { Config } from '../lib/config/config.ts';
import type { Deadline } from '../lib/deadline.ts';

/** Deliveries under way at once in one run. */
const parallelism = 4;
/** Beside Kombo's own time: opening the object, and settling the ledger. */
const besideKomboMs = 30_000;

/** How much at once, and until when something is begun, for functions that work through a list. */
export const runOptions = ({ komboTimeoutMs }: Pick<Config, 'komboTimeoutMs'>, deadline: Deadline) => ({
  deadline,
  parallelism,
  // Where the function lives hardly longer than one call, half of its life is for beginning.
  worstCaseMs: Math.min(komboTimeoutMs + besideKomboMs, deadline.remainingMs() / 2),
});
