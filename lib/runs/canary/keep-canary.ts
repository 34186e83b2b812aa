import type { Courier } from '../../courier.ts';
import type { PutObject } from '../../upload/storage.ts';
import { type CanaryReader, isDue, readCanary } from './canary.ts';
import { canaryFile } from './canary-file.ts';
import { canaryFault, canaryType } from './canary-setting.ts';
import { type CanaryState, writeCanaryItem } from './canary-store.ts';

export type CanaryCourier = CanaryReader & Pick<Courier, 'uuid' | 'log'> & { readonly putObject: PutObject };

/**
 * Puts the canary of the day, an invented file that goes the whole way of a CV: bucket, event, function, API key, Kombo. The item is
 * written first, under a condition, so that of two runs one puts a file; what cannot be put is owed from then on, and the
 * alarm rings an hour later.
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
    log.error('No canary is put, because it could reach another place than the sandbox, or none.', {
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
        'Look whether a policy of the bucket or of its key refuses on-schedule. It is tried again within a quarter of an hour.',
    });
    return;
  }
  await writeCanaryItem({ ...next, etag: put.value.etag }, written, table);
};
