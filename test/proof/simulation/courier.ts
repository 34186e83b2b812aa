import { readSettings, type Settings } from '../../../lib/config/config.ts';
import type { Courier } from '../../../lib/courier.ts';
import { cachedApiKey, fixedApiKey, type StoredKey } from '../../../lib/kombo/api-key.ts';
import { komboClient } from '../../../lib/kombo/client.ts';
import type { Links } from '../../../lib/kombo/links.ts';
import { createLoad } from '../../../lib/kombo/load.ts';
import { restrictionsCache } from '../../../lib/kombo/restrictions-cache.ts';
import type { Transport } from '../../../lib/kombo/transport.ts';
import { lanesOn } from '../../../lib/lane/lane-store.ts';
import { ledgerOn } from '../../../lib/ledger/ledger.ts';
import type { Table } from '../../../lib/ledger/table.ts';
import { type Log, observer } from '../../../lib/telemetry/observe.ts';
import type { Storage } from '../../../lib/upload/storage.ts';
import type { Random } from './random.ts';
import type { Process } from './world.ts';

export const bucket = 'simulated-bucket';
export const integrationId = 'greenhouse:CBNMt7dSNCzBdnRTx87dev4E';
/** Named only by keys; the setting has the one above. */
export const otherIntegrations = ['ashby:7dT2mQ9xkLw', 'lever:Zp4Vn8RcYb1'] as const;
/** An id that an uploader has mistyped in a key. Kombo does not know it. */
export const mistypedIntegration = 'lever:Zp4Vn8RcYb7';
/** Markers that must never reach a log line. */
export const secrets = {
  apiKey: 'ks_prod_simulated_secret',
  person: 'Zebulon',
  surname: 'Quux',
  content: 'CONTENT',
} as const;

export const settingsFor = (
  choice: Pick<Settings, 'onUnknown'> & Partial<Pick<Settings, 'sweepEveryMs' | 'requireScan'>>,
): Settings => ({ ...sameInAllHistories, ...choice });

const sameInAllHistories = readSettings({
  BUCKET: bucket,
  LEDGER_TABLE: 'ledger',
  KOMBO_API_KEY: secrets.apiKey,
  KOMBO_INTEGRATION_ID: integrationId,
  KEY_TEMPLATES: [
    'candidates/{candidate_id}/{filename}',
    'candidates/{candidate_id}/{any}/{filename}',
    'typed/{candidate_id}/{type}/{filename}',
    'applications/{application_id}/{filename}',
    'tenants/{integration_id}/candidates/{candidate_id}/{filename}',
    'tenants/{integration_id}/applications/{application_id}/{filename}',
  ].join('|'),
  ALLOWED_TYPES: 'txt',
  MAX_BYTES: '10000',
  SWEEP_SINCE: '1970-01-01',
});

export interface Parts {
  readonly table: Table;
  readonly storage: Storage;
  readonly transport: Transport;
  readonly links: Links;
  /** The current content of the secret with the API key; without it, a key that never changes. */
  readonly storedKey?: () => StoredKey;
}

/** The real library, assembled as `handlers/runtime.ts` does, with simulated parts. */
export const courierOf = (
  process: Process,
  random: Random,
  parts: Parts,
  settings: Settings,
  logged: string[],
): Courier => {
  const { clock } = process;
  const { table, storage, transport, links } = parts;
  const { storedKey } = parts;
  const apiKey = storedKey ? cachedApiKey(async () => storedKey(), clock) : fixedApiKey(secrets.apiKey);
  const load = createLoad(clock, 1);
  const kombo = komboClient({ transport, clock, apiKey: apiKey.current, load });
  const uuid = (): string =>
    `${process.name}-${random.below(2 ** 31).toString(36)}-${random.below(2 ** 31).toString(36)}`;
  const line = (message: string, fields: Record<string, unknown>): void => {
    logged.push(JSON.stringify({ message, ...fields }));
  };
  const log: Log = { info: line, warn: line, error: line };
  return {
    settings,
    clock,
    random: random.next,
    uuid,
    apiKey,
    kombo,
    links,
    load,
    restrictions: restrictionsCache(kombo, clock),
    storage,
    table,
    ledger: ledgerOn({ table, clock, uuid, retentionDays: 400 }),
    lanes: lanesOn(table, clock),
    observe: observer(log, () => undefined, settings.keyTemplates),
    log,
  };
};
