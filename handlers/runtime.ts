import { randomUUID } from 'node:crypto';
import { dynamodbClient, s3Client } from '../lib/aws/clients.ts';
import { dynamoTable } from '../lib/aws/dynamo-table.ts';
import { s3Storage } from '../lib/aws/s3-storage.ts';
import { secretText } from '../lib/aws/secrets-manager.ts';
import { systemClock } from '../lib/clock.ts';
import { type Config, readConfig } from '../lib/config/config.ts';
import { cachedApiKey, fixedApiKey } from '../lib/kombo/api-key.ts';
import { komboClient } from '../lib/kombo/client.ts';
import { httpTransport } from '../lib/kombo/http-transport.ts';
import { restrictionsBook } from '../lib/kombo/restrictions-cache.ts';
import { ledgerOn } from '../lib/ledger/ledger.ts';
import { pausesOn } from '../lib/pause/pause-store.ts';
import type { ReprocessDeps } from '../lib/runs/reprocess.ts';
import { logger } from '../lib/telemetry/logger.ts';
import { measure } from '../lib/telemetry/metrics.ts';
import { observer } from '../lib/telemetry/observe.ts';

/** Everything a handler works with. */
export interface Runtime extends ReprocessDeps {
  readonly config: Config;
}

let built: Runtime | undefined;

/**
 * Builds it on the first invocation and keeps it while the function is warm: connections, the API key, the view of the
 * pauses.
 * @throws {ConfigurationError} on every invocation until the environment is right.
 */
export const runtime = (): Runtime => {
  built ??= build(readConfig(process.env));
  return built;
};

const build = (config: Config): Runtime => {
  const clock = systemClock;
  const apiKey =
    config.komboApiKey === undefined
      ? cachedApiKey(secretText(config.komboApiKeySecret ?? ''), clock)
      : fixedApiKey(config.komboApiKey);
  const kombo = komboClient({ transport: httpTransport(config.komboBaseUrl, clock), clock, apiKey: apiKey.current });
  const table = dynamoTable(dynamodbClient(), config.ledgerTable);
  return {
    config,
    settings: config,
    clock,
    random: Math.random,
    uuid: randomUUID,
    apiKey,
    kombo,
    restrictions: restrictionsBook(kombo, clock),
    storage: s3Storage(s3Client({ forcePathStyle: config.s3ForcePathStyle })),
    table,
    ledger: ledgerOn({ table, clock, uuid: randomUUID, retentionDays: config.ledgerRetentionDays }),
    pauses: pausesOn(table, clock),
    observe: observer(logger, measure, config.keyTemplates),
    log: logger,
  };
};
