import { describe, expect, test } from 'vitest';
import { franksUpload, notification, onlyRequest, parse, refusalOf, sampleDate, scanned } from './parse.ts';
import { sample } from './sample.ts';

const etag = '0cc175b9c0f1b6a831c399e269772661';
const keyOf = (key: string) => {
  const request = onlyRequest(notification({ key, eTag: etag }));
  return request.kind === 'upload' ? request.upload.key : request.kind;
};

describe('a native S3 notification', () => {
  test('an S3 notification becomes an upload with its decoded key', () => {
    expect(parse(sample('s3-put'))).toEqual({
      envelope: 's3',
      entries: [{ request: { kind: 'upload', upload: franksUpload } }],
    });
  });

  test('an S3 notification is read whatever its version, and unknown fields are ignored', () => {
    expect(onlyRequest(sample('s3-future-version'))).toEqual({
      kind: 'upload',
      upload: {
        bucket: 'acme-cv-inbox',
        key: 'candidates/8Xi6iZrwusZqJmDGXs49GBmJ/C++ résumé.pdf',
        etag: '4af981f98d22a0b9979da24b259e5e42-12',
        sizeBytes: 9437184,
        versionId: 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e',
        ...sampleDate,
      },
    });
  });

  test('a bad record of an S3 notification does not affect the others', () => {
    const { envelope, entries } = parse(sample('s3-several-records'));
    expect(envelope).toBe('s3');
    expect(entries.map(({ request }) => (request.kind === 'refused' ? request.code : request.kind))).toEqual([
      'upload',
      'EVENT_INCOMPLETE',
      'KEY_MALFORMED',
      'EVENT_UNKNOWN',
      'upload',
    ]);
    expect(entries[4]).toEqual({
      request: {
        kind: 'upload',
        upload: {
          bucket: 'acme-cv-inbox',
          key: 'candidates/Ada1/Ada Poe.docx',
          etag: 'd41d8cd98f00b204e9800998ecf8427e',
          sizeBytes: 1200,
          ...sampleDate,
        },
      },
    });
  });

  test.each(['Put', 'Post', 'Copy', 'CompleteMultipartUpload', 'SomethingNew'])(
    'the event ObjectCreated:%s is an upload',
    (name) => {
      const event = notification({ key: 'a/b.pdf', eTag: etag }, { eventName: `ObjectCreated:${name}` });
      expect(onlyRequest(event).kind).toBe('upload');
    },
  );

  test('an event name with the prefix of the notification settings is recognised, too', () => {
    const event = notification({ key: 'a/b.pdf', eTag: etag }, { eventName: 's3:ObjectCreated:Put' });
    expect(onlyRequest(event).kind).toBe('upload');
  });

  test.each([
    ['s3-delete', 'ObjectRemoved:DeleteMarkerCreated is not an upload.'],
    ['s3-tagging', 'ObjectTagging:Put is not an upload.'],
  ])('the S3 event %s is ignored by name', (name, reason) => {
    expect(onlyRequest(sample(name))).toEqual({ kind: 'ignored', reason });
  });

  test.each([
    'ObjectRemoved:Delete',
    'LifecycleExpiration:Delete',
    'LifecycleTransition',
    'IntelligentTiering',
    'ObjectTagging:Delete',
    'ObjectRestore:Completed',
    'ObjectAcl:Put',
    'Replication:OperationFailedReplication',
    'ReducedRedundancyLostObject',
    'x:ObjectCreated:Put',
  ])('the S3 event %s is not an upload', (eventName) => {
    const event = notification({ key: 'a/b.pdf', eTag: etag }, { eventName });
    expect(onlyRequest(event)).toEqual({ kind: 'ignored', reason: `${eventName} is not an upload.` });
  });

  test('an unknown event name is not repeated', () => {
    const event = notification({ key: 'a/b.pdf' }, { eventName: 'Lebenslauf von Jürgen <b>' });
    expect(onlyRequest(event)).toEqual({
      kind: 'ignored',
      reason: 'An event with an unrecognised name is not an upload.',
    });
  });

  test('an S3-compatible store may use its own name as the event source', () => {
    const event = notification({ key: 'a/b.pdf', eTag: etag }, { eventSource: 'minio:s3' });
    expect(parse(event)).toEqual({
      envelope: 's3',
      entries: [{ request: { kind: 'upload', upload: { bucket: 'acme-cv-inbox', key: 'a/b.pdf', etag } } }],
    });
  });

  test('the test event that S3 sends during setup is ignored', () => {
    expect(parse(sample('s3-test-event'))).toEqual({
      envelope: 's3',
      entries: [{ request: { kind: 'ignored', reason: 's3:TestEvent: S3 reports that notifications are set up.' } }],
    });
  });

  test('a folder marker in an S3 notification is ignored', () => {
    expect(onlyRequest(sample('s3-folder-marker'))).toEqual({
      kind: 'ignored',
      reason: 'A folder marker is not an upload.',
    });
  });

  test('an object with bytes under a key that ends with a slash is not a folder marker', () => {
    expect(onlyRequest(notification({ key: 'a/b/', eTag: etag, size: 12 })).kind).toBe('upload');
  });

  test('an empty file is an upload: it is rejected later with its name, not ignored here', () => {
    expect(onlyRequest(notification({ key: 'a/b.pdf', eTag: etag, size: 0 }))).toEqual({
      kind: 'upload',
      upload: { bucket: 'acme-cv-inbox', key: 'a/b.pdf', etag, sizeBytes: 0 },
    });
  });

  test('the upload of an S3 notification waits for its verdict when a scan is required', () => {
    expect(onlyRequest(sample('s3-put'), scanned)).toEqual({
      kind: 'ignored',
      reason: 'The upload waits for its scan verdict, because REQUIRE_SCAN is on.',
    });
  });
});

describe('the key of an S3 notification', () => {
  test('a plus in the key of an S3 notification is a space', () => expect(keyOf('a/a+b.pdf')).toBe('a/a b.pdf'));
  test('an encoded plus in the key of an S3 notification is a plus', () =>
    expect(keyOf('a/a%2Bb.pdf')).toBe('a/a+b.pdf'));
  test('the key of an S3 notification is decoded only once', () =>
    expect(keyOf('a/100%2525.pdf')).toBe('a/100%25.pdf'));
  test('encoded slashes in the key, as some S3-compatible stores send them, are slashes', () => {
    expect(keyOf('candidates%2FAda1%2Fcv.pdf')).toBe('candidates/Ada1/cv.pdf');
  });
  test('an emoji in the key of an S3 notification is kept', () => expect(keyOf('a/%F0%9F%93%84.pdf')).toBe('a/📄.pdf'));

  test.each(['a/%E9.pdf', 'a/%zz.pdf', 'a/100%.pdf'])('the key %s is refused, and a repeat would not fix it', (key) => {
    const refusal = refusalOf(notification({ key, eTag: etag }));
    expect(refusal).toMatchObject({ code: 'KEY_MALFORMED', redeliver: false });
    expect(refusal.nextStep).toContain('Correct the sender');
    expect(refusal.detail).not.toContain(key);
  });
});

describe('the fields of the object in an S3 notification', () => {
  test('quotes around the ETag of an S3 notification are removed', () => {
    const request = onlyRequest(notification({ key: 'a/b.pdf', eTag: `"${etag}"` }));
    expect(request).toEqual({ kind: 'upload', upload: { bucket: 'acme-cv-inbox', key: 'a/b.pdf', etag } });
  });

  test('an ETag in the spelling of EventBridge is read in an S3 notification', () => {
    const upload = { bucket: 'acme-cv-inbox', key: 'a/b.pdf', etag };
    expect(onlyRequest(notification({ key: 'a/b.pdf', etag }))).toEqual({ kind: 'upload', upload });
  });

  test.each([undefined, null, '', '""', 7])(
    'the upload of an S3 notification without a usable ETag (%j) is unidentified',
    (eTag) => {
      expect(onlyRequest(notification({ key: 'a/b.pdf', eTag, size: 5, versionId: 'v1' }))).toEqual({
        kind: 'unidentified',
        object: { bucket: 'acme-cv-inbox', key: 'a/b.pdf', sizeBytes: 5, versionId: 'v1' },
      });
    },
  );

  test.each([undefined, null, '5', -1, 1.5, Number.NaN])('a size of %j in an S3 notification is left out', (size) => {
    expect(onlyRequest(notification({ key: 'a/b.pdf', eTag: etag, size }))).toEqual({
      kind: 'upload',
      upload: { bucket: 'acme-cv-inbox', key: 'a/b.pdf', etag },
    });
  });

  test.each([undefined, null, '', 'null'])('the version %j of an S3 notification counts as no version', (versionId) => {
    expect(onlyRequest(notification({ key: 'a/b.pdf', eTag: etag, versionId }))).toEqual({
      kind: 'upload',
      upload: { bucket: 'acme-cv-inbox', key: 'a/b.pdf', etag },
    });
  });
});

describe('the order of the events of one key', () => {
  const factsOf = (sequencer: unknown, eventTime: unknown) => {
    const request = onlyRequest(notification({ key: 'a/b.pdf', eTag: etag, sequencer }, { eventTime }));
    return request.kind === 'upload' ? { ...request.upload, bucket: undefined, key: undefined, etag: undefined } : {};
  };

  test('the time of an S3 notification is cut to whole seconds, like LastModified', () => {
    expect(factsOf('0aF1', '2026-01-05T09:00:00.999Z')).toEqual({
      sequencer: '0aF1',
      modifiedAt: Date.UTC(2026, 0, 5, 9),
    });
    expect(factsOf('0', '2026-01-05T09:00Z')).toMatchObject({ modifiedAt: Date.UTC(2026, 0, 5, 9) });
    expect(factsOf('0', '2026-01-05T10:00:00+0100')).toMatchObject({ modifiedAt: Date.UTC(2026, 0, 5, 9) });
    expect(factsOf('0', '2026-01-05T10:00:01+01:00')).toEqual({
      sequencer: '0',
      modifiedAt: Date.UTC(2026, 0, 5, 9, 0, 1),
    });
  });

  test.each([undefined, null, '', 7, 'xyz', '0x1F', ' 1', [], {}, 'A'.repeat(65)])(
    'the sequencer %j of an S3 notification is left out',
    (value) => {
      expect(factsOf(value, undefined)).toEqual({});
    },
  );

  test.each([
    undefined,
    null,
    '',
    7,
    '7',
    'yesterday',
    '2026-01-05',
    '2026-01-05T09:00:00',
    '2026-13-05T09:00:00Z',
    '1969-12-31T23:59:59Z',
    '+002026-01-05T09:00:00Z',
    '2026-01-05T09:00:00+0100\0',
    '2026-01-05T09:00:00Zx',
    {},
  ])('the time %j of an S3 notification is left out', (value) => {
    expect(factsOf(undefined, value)).toEqual({});
  });
});

describe('a record that S3 would not send', () => {
  test('an S3 record without an event name is refused and kept, because it may be an upload', () => {
    const refusal = refusalOf(notification({ key: 'a/b.pdf', eTag: etag }, { eventName: undefined }));
    expect(refusal).toMatchObject({
      code: 'EVENT_INCOMPLETE',
      detail: 'The S3 record has no eventName.',
      redeliver: true,
    });
  });

  test('an S3 record without a bucket is refused and kept', () => {
    const refusal = refusalOf(notification({}, { s3: { object: { key: 'a/b.pdf', eTag: etag } } }));
    expect(refusal).toMatchObject({ code: 'EVENT_INCOMPLETE', detail: 'The event names no bucket.', redeliver: true });
  });

  test.each([undefined, null, '', 42])('an S3 record with the key %j is refused and kept', (key) => {
    const refusal = refusalOf(notification({ key, eTag: etag }));
    expect(refusal).toMatchObject({ code: 'EVENT_INCOMPLETE', detail: 'The event names no key.', redeliver: true });
  });

  test('an S3 record without its s3 part is refused and kept', () => {
    const refusal = refusalOf({ Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put' }] });
    expect(refusal).toMatchObject({ code: 'EVENT_INCOMPLETE', redeliver: true });
  });
});

describe('an S3 record of another bucket', () => {
  test('another bucket is refused with both names and the setting', () => {
    const refusal = refusalOf(
      notification({}, { s3: { bucket: { name: 'acme-logs' }, object: { key: 'a/b.pdf', eTag: etag } } }),
    );
    expect(refusal).toEqual({
      kind: 'refused',
      code: 'BUCKET_FOREIGN',
      detail: 'The event names the bucket "acme-logs", but BUCKET is "acme-cv-inbox".',
      nextStep:
        'Point the trigger only at the bucket in BUCKET. If BUCKET is wrong, correct it and deploy: within a day the sweep finds the uploads of the last three days.',
      redeliver: false,
    });
  });

  test('another bucket is refused even when a scan is required', () => {
    const event = notification({}, { s3: { bucket: { name: 'acme-logs' }, object: { key: 'a/b.pdf', eTag: etag } } });
    expect(refusalOf(event, scanned).code).toBe('BUCKET_FOREIGN');
  });

  test('a bucket name that no bucket can have is not repeated', () => {
    const event = notification({}, { s3: { bucket: { name: 'Frank Doe\n' }, object: { key: 'a/b.pdf', eTag: etag } } });
    expect(refusalOf(event).detail).toBe(
      'The event names the bucket "(no valid name)", but BUCKET is "acme-cv-inbox".',
    );
  });
});
