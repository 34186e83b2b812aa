import type { Pause } from '../../lib/lane/pause.ts';
import { minute, nine } from './ledger-samples.ts';

export const otherIntegration = 'workday:5VAsbq6cSpgVcJhiBQ1ZrrjR';

/** Pauses as the lanes store them. */
export const missingRight: Pause = {
  code: 'INTEGRATION.PERMISSION_MISSING',
  by: 'kombo',
  reason: 'Kombo answered HTTP 403.',
  since: nine,
  end: { by: 'probe', nextAt: nine + 5 * minute, probes: 0 },
};

export const byOperator: Pause = {
  code: 'INTEGRATION_PAUSED',
  by: 'operator',
  reason: 'The customer moves to another ATS.',
  since: nine,
};
