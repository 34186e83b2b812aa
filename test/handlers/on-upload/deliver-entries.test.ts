import { beforeEach, describe, expect, test } from 'vitest';
import type { UploadRequest } from '../../../handlers/events/entry.ts';
import { parseUploadEvent } from '../../../handlers/events/upload-event.ts';
import { deliverEntries } from '../../../handlers/on-upload/deliver-entries.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import { type Upload, uploadId } from '../../../lib/upload/upload.ts';
import { type CourierWorld, courierWorld, key } from '../../worlds/courier-world.ts';

let world: CourierWorld;
beforeEach(() => {
  world = courierWorld();
});

const handle = async (request: UploadRequest) => {
  const done = await world.run(deliverEntries([{ request }], world.deadline(), world.newFunction()));
  expect(done.unfinished).toEqual([]);
  return done.outcomes[0];
};

const scanResult = (upload: Pick<Upload, 'key' | 'etag'>, status: string, time: string) => ({
  source: 'aws.guardduty',
  'detail-type': 'GuardDuty Malware Protection Object Scan Result',
  time,
  detail: {
    s3ObjectDetails: { bucketName: 'cv-inbox', objectKey: upload.key, eTag: upload.etag },
    scanResultDetails: { scanResultStatus: status },
  },
});

const come = async (event: unknown) => {
  const courier = world.newFunction();
  const [entry] = parseUploadEvent(event, courier.settings).entries;
  if (!entry) throw new Error('An event has an entry.');
  return handle(entry.request);
};

test.each([
  ['an upload', undefined],
  ['a clean verdict', { code: 'clean', at: 1 }],
  ['a threat', { code: 'SCAN_THREAT_FOUND', at: 1 }],
] as const)(
  'a record that cannot be read leaves the event of %s unfinished, so that it comes again and is kept in the end',
  async (_what, verdict) => {
    const upload = world.put(key);
    const pk = uploadId(upload);
    world.table.items.set(pk, { pk, version: 1, document: '{}' });
    const request: UploadRequest = verdict ? { kind: 'scanned', upload, verdict } : { kind: 'upload', upload };
    const entries = [{ request, messageId: 'message-1' }];
    const done = await world.run(deliverEntries(entries, world.deadline(), world.newFunction()));
    expect(done).toMatchObject({ outcomes: [], unfinished: [{ messageId: 'message-1' }] });
    expect(done.unfinished[0]?.reason).toMatch(/^RECORD_UNREADABLE: /);
    expect(world.table.items.get(pk)?.document).toBe('{}');
    expect(world.kombo.posts).toEqual([]);
  },
);

describe('a verdict', () => {
  test.each(['true', 'false'])('a clean verdict delivers the file, with REQUIRE_SCAN %s', async (required) => {
    world.env.REQUIRE_SCAN = required;
    const upload = world.put(key);
    expect(await come(scanResult(upload, 'NO_THREATS_FOUND', '2026-01-05T09:00:00Z'))).toMatchObject({
      status: 'attached',
    });
  });

  test.each(['true', 'false'])('a threat holds the file, with REQUIRE_SCAN %s', async (required) => {
    world.env.REQUIRE_SCAN = required;
    const upload = world.put(key);
    expect(await come(scanResult(upload, 'THREATS_FOUND', '2026-01-05T09:00:01Z'))).toMatchObject({ status: 'held' });
    expect(await come(scanResult(upload, 'NO_THREATS_FOUND', '2026-01-05T09:00:00Z'))).toMatchObject({
      status: 'unchanged',
      as: 'held',
    });
    expect(world.kombo.posts).toEqual([]);
  });

  test.each([
    ['no object', () => world.bucket.clear()],
    ['another object', () => void world.put(key, { etag: 'newer' })],
  ])(
    'a verdict without an ETag applies to its own version, even when %s is under the key now',
    async (_what, replace) => {
      const upload = { ...world.put(key), versionId: 'version-1' };
      await world.run(deliver(upload, { deadline: world.deadline() }, world.newFunction()));
      const { etag: _, ...object } = upload;
      const verdict = { code: 'SCAN_THREAT_FOUND', at: world.clock.now() } as const;
      replace();
      await handle({ kind: 'unidentified', object, verdict });
      expect(await world.recordOf(upload)).toMatchObject({ verdict: { code: 'SCAN_THREAT_FOUND' } });
      const unknown = { ...object, versionId: 'version-9' };
      expect(await handle({ kind: 'unidentified', object: unknown, verdict })).toMatchObject({ status: 'ignored' });
    },
  );
});
