import type { Courier } from '../../courier.ts';
import type { PutObject } from '../../upload/storage.ts';
import { type CanaryReader, isDue, readCanary } from './canary.ts';
import { canaryFile } from './canary-file.ts';
import { canaryFault, canaryType } from './canary-setting.ts';
import { type CanaryState, writeCanaryItem } from './canary-store.ts';

export type CanaryCourier = CanaryReader & Pick<Courier, 'uuid' | 'log'> & { readonly putObject: PutObject };

/**
 * Puts the daily canary: an invented file that takes the whole path of a CV (bucket, event, function, API key, Kombo).
 * The item is written first, with a condition, so that only one of two concurrent runs puts a file. If it cannot be
 * put, it is due from then on, and the alarm rings an hour later.
 * @throws only when the table could not be read or written
 */
export const keepCanary = async (signal: AbortSignal, courier: CanaryCourier): Promise<void> => {
  const { settings, table, clock, log } = courier;
  const key = settings.canaryKey;
  if (key === undefined) return;
  const canary = await readCanary(key, courier);
  const { version, state, attached } = canary;
  const now = clock.now();
  if (!isDue(canary, now)) {
    if (state && attached && !state.attached) await writeCanaryItem({ ...state, attached: true }, version, table);
    return;
  }
  const next: CanaryState = { key, startedAt: now, owedSince: state && !attached ? state.owedSince : now };
  const written = await writeCanaryItem(next, version, table);
  if (written === undefined) return;
  const fault = canaryFault(key, settings);
  if (fault) {
    log.error('No canary is put, because its settings do not lead to the sandbox.', {
      detail: `CANARY_KEY ${fault.problem}.`,
      nextStep: fault.fix,
    });
    return;
  }
  const bytes = canaryFile(`${new Date(now).toISOString()} ${courier.uuid()}`);
  const put = await courier.putObject({ bucket: settings.bucket, key, bytes, contentType: canaryType }, signal);
  if (!put.ok) {
    log.error('The canary could not be put into the bucket.', {
      detail: put.error.detail,
      nextStep:
        'Check whether a policy of the bucket or of its encryption key denies access to on-schedule. It is tried again within 15 minutes.',
    });
    return;
  }
  await writeCanaryItem({ ...next, etag: put.value.etag }, written, table);
};
