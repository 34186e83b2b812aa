import type { S3Event } from 'aws-lambda';
import { s3Client } from '../../../../lib/aws/clients.ts';
import { s3Storage } from '../../../../lib/aws/s3-storage.ts';
import { systemClock } from '../../../../lib/clock.ts';
import { readSettings } from '../../../../lib/config/config.ts';
import { deadlineIn } from '../../../../lib/deadline.ts';
import { attempt } from '../../../../lib/delivery/attempt.ts';
import { matchKey } from '../../../../lib/key-template/match-key.ts';
import { fixedApiKey } from '../../../../lib/kombo/api-key.ts';
import { komboClient } from '../../../../lib/kombo/client.ts';
import { httpTransport } from '../../../../lib/kombo/http-transport.ts';
import { restrictionsCache } from '../../../../lib/kombo/restrictions-cache.ts';

/** Ours without ledger, log and metrics: all checks of the file, the streaming, and the verification at its end. */
const settings = readSettings(process.env);
const clock = systemClock;
const apiKey = fixedApiKey(settings.komboApiKey ?? '');
const kombo = komboClient({ transport: httpTransport(settings.komboBaseUrl, clock), clock, apiKey: apiKey.current });
const storage = s3Storage(s3Client({ forcePathStyle: true }));
const deps = {
  settings,
  storage,
  kombo,
  restrictions: restrictionsCache(kombo, clock),
  apiKey,
  clock,
  random: Math.random,
};

export const handler = async (event: S3Event): Promise<void> => {
  for (const record of event.Records) {
    const key = decodeURIComponent(record.s3.object.key.replaceAll('+', ' '));
    const match = matchKey(settings.keyTemplates, key, settings.integrationId);
    if (!match.ok) throw new Error(match.error.detail);
    const deadline = deadlineIn(clock, 290_000);
    try {
      const upload = { bucket: record.s3.bucket.name, key, etag: record.s3.object.eTag };
      const { ending } = await attempt(upload, match.value, deadline, deps);
      if (ending.kind === 'failed') throw new Error(`${ending.failure.code}: ${ending.failure.detail}`);
    } finally {
      deadline.clear();
    }
  }
};
