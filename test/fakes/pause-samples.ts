import type { Pause } from '../../lib/lane/pause.ts';
import type { PauseStore } from '../../lib/lane/pause-store.ts';
import { integrationId } from './ledger-samples.ts';

export const otherIntegration = 'workday:5VAsbq6cSpgVcJhiBQ1ZrrjR';

export const missingRight = {
  scope: integrationId,
  code: 'INTEGRATION.PERMISSION_MISSING',
  by: 'kombo',
  reason: 'Kombo answered HTTP 403.',
  selfHealing: false,
} as const;

export const syncPending = { ...missingRight, code: 'INTEGRATION.SETUP_SYNC_PENDING', selfHealing: true } as const;

export const byOperator = {
  scope: integrationId,
  code: 'INTEGRATION_PAUSED',
  by: 'operator',
  reason: 'The customer moves to another ATS.',
  selfHealing: false,
} as const;

export const resumed = { by: 'operator', reason: 'The right was granted.' } as const;

/** The pause, when there must be exactly one. */
export const onlyPause = async (pauses: PauseStore): Promise<Pause> => {
  const [pause, ...others] = await pauses.list();
  if (!pause || others.length > 0) throw new Error(`There are ${others.length + (pause ? 1 : 0)} pauses.`);
  return pause;
};
