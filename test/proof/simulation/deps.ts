import { parseAllowedTypes } from '../../../lib/content-type/decide.ts';
import { parseKeyTemplates } from '../../../lib/key-template/match-key.ts';
import { fixedApiKey } from '../../../lib/kombo/api-key.ts';
import { komboClient } from '../../../lib/kombo/client.ts';
import { restrictionsBook } from '../../../lib/kombo/restrictions-cache.ts';
import type { Transport } from '../../../lib/kombo/transport.ts';
import { ledgerOn } from '../../../lib/ledger/ledger.ts';
import type { Table } from '../../../lib/ledger/table.ts';
import { pausesOn } from '../../../lib/pause/pause-store.ts';
import type { ReadBackSettings } from '../../../lib/read-back/read-back.ts';
import type { ReprocessDeps } from '../../../lib/runs/reprocess.ts';
import { type Log, observer } from '../../../lib/telemetry/observe.ts';
import type { Storage } from '../../../lib/upload/storage.ts';
import type { Random } from './random.ts';
import type { Process } from './world.ts';

export const bucket = 'simulated-bucket';
export const integrationId = 'greenhouse:CBNMt7dSNCzBdnRTx87dev4E';
/** Markers that must never reach a log line. */
export const secrets = {
  apiKey: 'ks_prod_simulated_secret',
  person: 'Zebulon',
  surname: 'Quux',
  content: 'CONTENT',
} as const;

const must = <T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};

const keyTemplates = must(
  parseKeyTemplates('candidates/{candidate_id}/{filename}|candidates/{candidate_id}/{any}/{filename}'),
);
const allowedTypes = must(parseAllowedTypes('txt'));

export const settingsFor = (choice: Pick<ReadBackSettings, 'onUnknown' | 'nameToken'>): ReadBackSettings => ({
  ...choice,
  keyTemplates,
  allowedTypes,
  integrationId,
  maxBytes: 10_000,
  remoteFields: {},
  transfer: 'data',
  komboTimeoutMs: 240_000,
  leaseMs: 420_000,
  retryBaseMs: 30_000,
  readBackAfterMs: 60_000,
  readBackAgainMs: 300_000,
});

export interface Parts {
  readonly table: Table;
  readonly storage: Storage;
  readonly transport: Transport;
}

/** The real library, put together as `handlers/runtime.ts` does, on simulated parts. */
export const depsOf = (
  process: Process,
  random: Random,
  parts: Parts,
  settings: ReadBackSettings,
  logged: string[],
): ReprocessDeps => {
  const { clock } = process;
  const { table, storage, transport } = parts;
  const apiKey = fixedApiKey(secrets.apiKey);
  const kombo = komboClient({ transport, clock, apiKey: apiKey.current });
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
    restrictions: restrictionsBook(kombo, clock),
    storage,
    table,
    ledger: ledgerOn({ table, clock, uuid, retentionDays: 400 }),
    pauses: pausesOn(table, clock),
    observe: observer(log, () => undefined, keyTemplates),
    log,
  };
};
