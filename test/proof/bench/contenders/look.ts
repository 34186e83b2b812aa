import type { S3Event } from 'aws-lambda';
import { s3Client } from '../../../../lib/aws/clients.ts';
import { s3Storage } from '../../../../lib/aws/s3-storage.ts';
import { systemClock } from '../../../../lib/clock.ts';
import { readSettings } from '../../../../lib/config/config.ts';
import { deadlineIn } from '../../../../lib/deadline.ts';
import { matchKey } from '../../../../lib/key-template/match-key.ts';
import { fixedApiKey } from '../../../../lib/kombo/api-key.ts';
import { komboClient } from '../../../../lib/kombo/client.ts';
import { httpTransport } from '../../../../lib/kombo/http-transport.ts';
import { httpLinks } from '../../../../lib/kombo/links.ts';
import type { LedgerRecord } from '../../../../lib/ledger/record.ts';
import { knownFile } from '../../../../lib/read-back/known-file.ts';
import { lookAt } from '../../../../lib/read-back/look.ts';

/** Our read-back after a lost answer, without ledger: the object's checksum, the listing, the download, the comparison. */
const settings = readSettings(process.env);
const clock = systemClock;
const apiKey = fixedApiKey(settings.komboApiKey ?? '');
const kombo = komboClient({ transport: httpTransport(settings.komboBaseUrl, clock), clock, apiKey: apiKey.current });
const links = httpLinks(settings.komboBaseUrl, clock);
const storage = s3Storage(s3Client({ forcePathStyle: true }));

/** The attempt of a function that stopped while sending. */
const recordOf = (upload: LedgerRecord['upload']): LedgerRecord => ({
  upload,
  state: { status: 'sending', owner: 'bench', leaseUntil: 0 },
  attempts: 1,
  attemptsSinceRelease: 1,
  createdAt: 0,
  updatedAt: 0,
  version: 1,
  writeId: 'bench',
});

export const handler = async (event: S3Event): Promise<void> => {
  for (const { s3 } of event.Records) {
    const key = decodeURIComponent(s3.object.key.replaceAll('+', ' '));
    const match = matchKey(settings.keyTemplates, key, settings.integrationId);
    if (!match.ok) throw new Error(match.error.detail);
    const deadline = deadlineIn(clock, 290_000);
    try {
      const record = recordOf({ bucket: s3.bucket.name, key, etag: s3.object.eTag });
      const { name, content, oursIs } = await knownFile(record, deadline, { settings, storage, clock });
      const known = { ours: content, oursIs, others: [] };
      const look = await lookAt(
        match.value.target,
        name,
        async () => known,
        () => false,
        deadline,
        { kombo, links, clock },
      );
      const compared = look.ok ? look.files.map(({ comparison }) => comparison.kind) : [look.failure.code];
      if (compared.join() !== 'ours') throw new Error(`not found: ${compared.join() || 'nothing is listed'}`);
    } finally {
      deadline.clear();
    }
  }
};
