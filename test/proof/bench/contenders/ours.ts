import type { S3Event } from 'aws-lambda';
import { s3Client } from '../../../../lib/aws/clients.ts';
import { s3Storage } from '../../../../lib/aws/s3-storage.ts';
import { systemClock as clock } from '../../../../lib/clock.ts';
import { readSettings } from '../../../../lib/config/config.ts';
import { type Deadline, deadlineIn } from '../../../../lib/deadline.ts';
import { type KeyMatch, matchKey } from '../../../../lib/key-template/match-key.ts';
import { fixedApiKey } from '../../../../lib/kombo/api-key.ts';
import { komboClient } from '../../../../lib/kombo/client.ts';
import { httpTransport } from '../../../../lib/kombo/http-transport.ts';
import type { Upload } from '../../../../lib/upload/upload.ts';

/** The parts of ours that its contenders without ledger, log and metrics share. */
const settings = readSettings(process.env);
const apiKey = fixedApiKey(settings.komboApiKey ?? '');
const transport = httpTransport(settings.komboBaseUrl, clock);
const kombo = komboClient({ transport, clock, apiKey: apiKey.current });
const storage = s3Storage(s3Client({ forcePathStyle: true }));
export const parts = { settings, apiKey, kombo, storage, clock };

/** A handler that does this with each upload, one after another. */
export const forEachUpload =
  (work: (upload: Upload, match: KeyMatch, deadline: Deadline) => Promise<void>) =>
  async (event: S3Event): Promise<void> => {
    for (const { s3 } of event.Records) {
      const key = decodeURIComponent(s3.object.key.replaceAll('+', ' '));
      const match = matchKey(settings.keyTemplates, key, settings.integrationId);
      if (!match.ok) throw new Error(match.error.detail);
      const deadline = deadlineIn(clock, 290_000);
      try {
        await work({ bucket: s3.bucket.name, key, etag: s3.object.eTag }, match.value, deadline);
      } finally {
        deadline.clear();
      }
    }
  };
