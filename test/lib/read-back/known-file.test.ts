import { describe, expect, test } from 'vitest';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { knownFile } from '../../../lib/read-back/known-file.ts';
import { fail, ok, type Result } from '../../../lib/result.ts';
import type { FileContent } from '../../../lib/upload/file-content.ts';
import type { Storage, StoredObject } from '../../../lib/upload/storage.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { thenSilence } from '../../fakes/chunks.ts';
import { checksumOfBytes, noise, pdf } from '../../fakes/files.ts';
import { inTime } from '../../fakes/kombo-caller.ts';
import { integrationId, nine, recordIn, states, upload } from '../../fakes/ledger-samples.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { settingsWith } from '../../fakes/settings.ts';
import { type CountedObject, fakeStorage, type Particulars, storedObject } from '../../fakes/stored-object.ts';

const settings = settingsWith({
  KEY_TEMPLATES: 'candidates/{candidate_id}/{filename}',
  ALLOWED_TYPES: 'pdf',
  KOMBO_INTEGRATION_ID: integrationId,
});

/** 20,000 bytes: far more than the first ones, which show the type. */
const longPdf = Buffer.concat([pdf, Buffer.alloc(20_000 - pdf.length, ' ')]);
const contentOf = (bytes: Uint8Array): FileContent => ({ sizeBytes: bytes.length, checksum: checksumOfBytes(bytes) });
const sent = { name: 'Sent.pdf', type: 'COVER_LETTER', contentType: 'application/pdf' } as const;

interface Opened {
  readonly asked: Upload[];
  readonly object: CountedObject | undefined;
}

/** What is known of the file, with a bucket that answers as the test says. */
const known = async (
  record: Partial<LedgerRecord>,
  bucket: Result<CountedObject> | Error = fail('STORAGE_UNAVAILABLE', 'S3 answered SlowDown (HTTP 503).'),
  clock = manualClock(nine),
) => {
  const asked: Upload[] = [];
  const openVersion: Storage['openVersion'] = async (wanted): Promise<Result<StoredObject>> => {
    asked.push(wanted);
    if (bucket instanceof Error) throw bucket;
    return bucket;
  };
  const storage = { ...fakeStorage(), openVersion };
  const file = knownFile(recordIn(states.unknown, record), inTime(clock, 60_000), { settings, storage, clock });
  const object = !(bucket instanceof Error) && bucket.ok ? bucket.value : undefined;
  return { file, bucket: { asked, object } satisfies Opened };
};

const withIdentity = (bytes: Uint8Array, more: Particulars = {}) =>
  ok(storedObject(bytes, { identity: checksumOfBytes(bytes), ...more }));
/** Encrypted by KMS and uploaded in parts: S3 has no checksum of the whole object. */
const withoutIdentity = (bytes: Uint8Array, more: Particulars = {}) => ok(storedObject(bytes, more));

test('known facts of the file are taken from the record, and the object is not opened', async () => {
  const { file, bucket } = await known({ sent, content: contentOf(pdf) });
  expect(await file).toEqual({ ...sent, content: contentOf(pdf), oursIs: 'certain' });
  expect(bucket.asked).toEqual([]);
});

describe('after a function that stopped without an answer', () => {
  test('exactly the uploaded version is opened, and closed', async () => {
    const clock = manualClock(nine);
    const { file, bucket } = await known({}, withIdentity(longPdf), clock);
    expect(await file).toEqual({
      name: 'Frank Doe CV.pdf',
      type: 'CV',
      contentType: 'application/pdf',
      content: contentOf(longPdf),
      oursIs: 'certain',
    });
    expect(bucket.asked).toEqual([upload]);
    expect(bucket.asked[0]?.versionId).toBe('version-1');
    expect(clock.timers()).toBe(1);
    expect(bucket.object?.closed).toBe(true);
  });

  test('only the first bytes are read when S3 has a checksum of the whole object', async () => {
    const big = Buffer.concat([pdf, Buffer.alloc(300_000, ' ')]);
    const { file, bucket } = await known({}, withIdentity(big));
    expect((await file).content).toEqual(contentOf(big));
    expect(bucket.object?.readBytes).toBe(65_536);
  });

  test('an object without a checksum is read whole, once', async () => {
    const { file, bucket } = await known({}, withoutIdentity(longPdf));
    expect(await file).toMatchObject({
      content: contentOf(longPdf),
      contentType: 'application/pdf',
      oursIs: 'certain',
    });
    expect(bucket.object?.readBytes).toBe(20_000);
    expect(bucket.asked).toHaveLength(1);
  });

  test('the attachment type is what was sent, else what the key said, else CV', async () => {
    const type = async (record: Partial<LedgerRecord>) => (await (await known(record, withIdentity(pdf))).file).type;
    expect(await type({ sent, attachmentType: 'OTHER' })).toBe('COVER_LETTER');
    expect(await type({ attachmentType: 'OTHER' })).toBe('OTHER');
    expect(await type({ attachmentType: undefined as never })).toBe('CV');
  });

  test('the correlation id of the object is read, because the function that sent it may have crashed', async () => {
    const metadata = { 'correlation-id': 'application-4711' };
    expect(await (await known({}, withIdentity(longPdf, { metadata }))).file).toMatchObject({
      correlationId: 'application-4711',
    });
  });

  test('bytes that the record knows are kept, and the object gives only name and type', async () => {
    const { file } = await known({ content: contentOf(noise) }, withIdentity(pdf));
    expect(await file).toMatchObject({
      content: contentOf(noise),
      contentType: 'application/pdf',
      oursIs: 'certain',
    });
  });

  test('bytes that the record knows are certain although the object is gone', async () => {
    const { file } = await known({ content: contentOf(pdf) }, fail('OBJECT_DELETED', 'S3 answered NoSuchKey.'));
    expect(await file).toEqual({ type: 'CV', content: contentOf(pdf), oursIs: 'certain' });
  });
});

describe('settings that have changed since the file was sent', () => {
  const cases: readonly [string, Partial<LedgerRecord>, Uint8Array][] = [
    ['a key that no template matches any more', { upload: { ...upload, key: 'elsewhere/cv.pdf' } }, longPdf],
    ['a type that is not allowed any more', {}, Buffer.concat([noise, Buffer.alloc(20_000)])],
  ];

  test.each(cases)(
    'settings changed since the file was sent do not hide the bytes of an object with a checksum: %s',
    async (_, record, bytes) => {
      const { file } = await known(record, withIdentity(bytes));
      expect(await file).toEqual({ type: 'CV', content: contentOf(bytes), oursIs: 'certain' });
    },
  );

  test.each(cases)(
    'settings changed since the file was sent do not hide the bytes of an object that is read whole: %s',
    async (_, record, bytes) => {
      const { file, bucket } = await known(record, withoutIdentity(bytes));
      expect(await file).toEqual({ type: 'CV', content: contentOf(bytes), oursIs: 'certain' });
      expect(bucket.object?.closed).toBe(true);
    },
  );
});

describe('an object that cannot be read', () => {
  test.each([
    ['OBJECT_DELETED', 'unread-for-good'],
    ['OBJECT_REPLACED', 'unread-for-good'],
    ['STORAGE_DENIED', 'unread-for-good'],
    ['STORAGE_UNAVAILABLE', 'unread-for-now'],
  ] as const)('after %s the object is %s', async (code, oursIs) => {
    const { file } = await known({}, fail(code, 'S3 answered.'));
    expect((await file).oursIs).toBe(oursIs);
  });

  test('an error of the bucket is not a verdict: the object is unread for now', async () => {
    const { file } = await known({}, new Error('No credentials.'));
    expect((await file).oursIs).toBe('unread-for-now');
  });

  test('the ETag of an unreadable object, if it looks like an MD5, can still prove that a listed file is ours', async () => {
    const { file } = await known({}, fail('OBJECT_DELETED', 'S3 answered NoSuchKey.'));
    expect(await file).toEqual({
      type: 'CV',
      content: { sizeBytes: 48_211, checksum: { algorithm: 'MD5', value: '9b2cf535f27731c974343645a3985328' } },
      oursIs: 'unread-for-good',
    });
  });

  test.each<[string, Partial<Upload>]>([
    ['a multipart upload', { etag: '9b2cf535f27731c974343645a3985328-3' }],
    ['an ETag in upper case', { etag: '9B2CF535F27731C974343645A3985328' }],
  ])('the ETag of an unreadable object proves nothing: %s', async (_, change) => {
    const { file } = await known({ upload: { ...upload, ...change } }, fail('OBJECT_DELETED', 'Gone.'));
    expect((await file).content).toBeUndefined();
  });

  test('an ETag without a known length proves nothing', async () => {
    const { sizeBytes: _, ...unsized } = upload;
    const { file } = await known({ upload: unsized }, fail('OBJECT_DELETED', 'Gone.'));
    expect((await file).content).toBeUndefined();
  });

  test('bytes that differ from their checksum do not count as ours', async () => {
    const damaged = withoutIdentity(longPdf, { checksum: { algorithm: 'CRC32', value: 'AAAAAA==' } });
    const { file, bucket } = await known({ upload: { ...upload, etag: 'part-2' } }, damaged);
    expect(await file).toMatchObject({ oursIs: 'unread-for-now' });
    expect((await file).content).toBeUndefined();
    expect(bucket.object?.closed).toBe(true);
  });

  test('a bucket that goes silent costs half a minute, and the object is closed', async () => {
    const clock = manualClock(nine);
    const silent = withoutIdentity(longPdf, { chunks: thenSilence(longPdf.subarray(0, 5_000)) });
    const { file, bucket } = await known({}, silent, clock);
    let ended = false;
    void file.then(() => {
      ended = true;
    });
    const pass = async (ms: number) => {
      for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      clock.advance(ms);
      for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    await pass(29_999);
    expect(ended).toBe(false);
    await pass(1);
    expect(await file).toMatchObject({ oursIs: 'unread-for-now' });
    expect(bucket.object?.closed).toBe(true);
  });
});
