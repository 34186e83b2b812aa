import { randomUUID } from 'node:crypto';
import { dynamodbClient, s3Client } from '../lib/aws/clients.ts';
import { dynamoTable } from '../lib/aws/dynamo-table.ts';
import { s3Storage } from '../lib/aws/s3-storage.ts';
import { secretText } from '../lib/aws/secrets-manager.ts';
import { systemClock } from '../lib/clock.ts';
import { readSettings, type Settings } from '../lib/config/config.ts';
import type { Courier } from '../lib/courier.ts';
import { cachedApiKey, fixedApiKey } from '../lib/kombo/api-key.ts';
import { komboClient } from '../lib/kombo/client.ts';
import { httpTransport } from '../lib/kombo/http-transport.ts';
import { httpLinks } from '../lib/kombo/links.ts';
import { createLoad } from '../lib/kombo/load.ts';
import { restrictionsCache } from '../lib/kombo/restrictions-cache.ts';
import { lanesOn } from '../lib/lane/lane-store.ts';
import { ledgerOn } from '../lib/ledger/ledger.ts';
import { logger } from '../lib/telemetry/logger.ts';
import { measure } from '../lib/telemetry/metrics.ts';
import { observer } from '../lib/telemetry/observe.ts';

let built: Courier | undefined;

/**
 * The courier of this function: built on the first invocation and kept while the function is warm, with its
 * connections, the API key and its view of the lanes.
 * @throws {ConfigurationError} on every invocation until the environment is valid
 */
export const runtime = (): Courier => {
  built ??= build(readSettings(process.env));
  return built;
};

const build = (settings: Settings): Courier => {
  const clock = systemClock;
  const apiKey =
    settings.komboApiKey === undefined
      ? cachedApiKey(secretText(settings.komboApiKeySecret ?? ''), clock)
      : fixedApiKey(settings.komboApiKey);
  const load = createLoad(clock, settings.callingInstances);
  const transport = httpTransport(settings.komboBaseUrl, clock);
  const kombo = komboClient({ transport, clock, apiKey: apiKey.current, load });
  const table = dynamoTable(dynamodbClient(), settings.ledgerTable);
  return {
    settings,
    clock,
    random: Math.random,
    uuid: randomUUID,
    apiKey,
    kombo,
    load,
    links: httpLinks(settings.komboBaseUrl, clock),
    restrictions: restrictionsCache(kombo, clock),
    storage: s3Storage(s3Client({ forcePathStyle: settings.s3ForcePathStyle })),
    table,
    ledger: ledgerOn({ table, clock, uuid: randomUUID, retentionDays: settings.ledgerRetentionDays }),
    lanes: lanesOn(table, clock),
    observe: observer(logger, measure, settings.keyTemplates),
    log: logger,
  };
};
