import { describe, expect, test } from 'vitest';
import { onlyRequest, parse, refusalOf, sampleDate, scanned } from './parse.ts';
import { sample } from './sample.ts';

const upload = {
  bucket: 'acme-cv-inbox',
  key: 'candidates/8Xi6iZrwusZqJmDGXs49GBmJ/C++ 100% résumé.pdf',
  etag: '9b2cf535f27731c974343645a3985328',
  versionId: 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e',
};

const created = (object: object, bucket = 'acme-cv-inbox') => ({
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: { bucket: { name: bucket }, object },
});

const scanResult = (details: object, scanResultStatus: unknown = 'NO_THREATS_FOUND') => ({
  source: 'aws.guardduty',
  'detail-type': 'GuardDuty Malware Protection Object Scan Result',
  detail: {
    s3ObjectDetails: { bucketName: 'acme-cv-inbox', objectKey: 'a/b.pdf', ...details },
    scanResultDetails: { scanResultStatus },
  },
});

describe('EventBridge events of S3', () => {
  test('an EventBridge event of a created object is an upload, and its key is not decoded', () => {
    expect(parse(sample('eventbridge-created'))).toEqual({
      envelope: 'eventbridge',
      entries: [{ request: { kind: 'upload', upload: { ...upload, sizeBytes: 48213, ...sampleDate } } }],
    });
  });

  test.each(['a/a+b.pdf', 'a/a%2Bb.pdf', 'a/%zz.pdf'])('the key %s of an EventBridge event is not decoded', (key) => {
    expect(onlyRequest(created({ key, etag: 'e1' }))).toEqual({
      kind: 'upload',
      upload: { bucket: 'acme-cv-inbox', key, etag: 'e1' },
    });
  });

  test.each([
    ['eventbridge-deleted', 'Object Deleted is not an upload.'],
    ['eventbridge-tags-added', 'Object Tags Added is not an upload.'],
  ])('the EventBridge event %s is ignored by name', (name, reason) => {
    expect(onlyRequest(sample(name))).toEqual({ kind: 'ignored', reason });
  });

  test('the upload of an EventBridge event waits for its verdict when a scan is required', () => {
    expect(onlyRequest(sample('eventbridge-created'), scanned).kind).toBe('ignored');
  });

  test('the sequencer and the time of an EventBridge event are read, and left out if they have another type', () => {
    const facts = { bucket: 'acme-cv-inbox', key: 'a/b.pdf', etag: 'e1' };
    const dated = (sequencer: unknown, time: unknown) => ({
      ...created({ key: 'a/b.pdf', etag: 'e1', sequencer }),
      time,
    });
    expect(onlyRequest(dated('0A', '2026-01-05T09:00:00Z'))).toEqual({
      kind: 'upload',
      upload: { ...facts, sequencer: '0A', modifiedAt: Date.UTC(2026, 0, 5, 9) },
    });
    expect(onlyRequest(dated(10, 1_767_603_600))).toStrictEqual({ kind: 'upload', upload: facts });
  });

  test('an ETag is read in the spelling of notifications in an EventBridge event, and in that of events in a scan result', () => {
    const upload = { bucket: 'acme-cv-inbox', key: 'a/b.pdf', etag: 'e1' };
    expect(onlyRequest(created({ key: 'a/b.pdf', eTag: 'e1' }))).toEqual({ kind: 'upload', upload });
    expect(onlyRequest(scanResult({ etag: 'e1' }), scanned)).toMatchObject({ kind: 'scanned', upload });
  });

  test('an EventBridge event without a key is refused and kept', () => {
    const refusal = { code: 'EVENT_INCOMPLETE', detail: 'The event names no key.', redeliver: true };
    expect(refusalOf(created({ etag: 'e1' }))).toMatchObject(refusal);
    expect(refusalOf(scanResult({ objectKey: '', eTag: 'e1' }), scanned)).toMatchObject(refusal);
  });

  test('the upload of an EventBridge event without an ETag is unidentified', () => {
    expect(onlyRequest(created({ key: 'a/b.pdf', size: 9 }))).toStrictEqual({
      kind: 'unidentified',
      object: { bucket: 'acme-cv-inbox', key: 'a/b.pdf', sizeBytes: 9 },
    });
  });

  test('an EventBridge event of another bucket is refused', () => {
    expect(refusalOf(created({ key: 'a/b.pdf', etag: 'e1' }, 'acme-logs')).code).toBe('BUCKET_FOREIGN');
  });

  test('an EventBridge event without a detail is refused and kept', () => {
    const refusal = refusalOf({ source: 'aws.s3', 'detail-type': 'Object Created' });
    expect(refusal).toMatchObject({ code: 'EVENT_INCOMPLETE', redeliver: true });
  });

  test('the CloudTrail record of an upload is refused, not ignored', () => {
    const refusal = refusalOf({ source: 'aws.s3', 'detail-type': 'AWS API Call via CloudTrail', detail: {} });
    expect(refusal).toMatchObject({ code: 'EVENT_UNKNOWN', redeliver: true });
    expect(refusal.detail).toContain('CloudTrail');
  });

  test('an event from outside AWS is refused without repeating its name', () => {
    const refusal = refusalOf({ source: 'hr.frankdoe', 'detail-type': 'Frank Doe applied', detail: {} });
    expect(refusal).toMatchObject({
      code: 'EVENT_UNKNOWN',
      detail:
        'The EventBridge event is from a source outside AWS; expected: "Object Created" from aws.s3 or a scan result from aws.guardduty.',
    });
  });

  test('an upload or a verdict is accepted only from AWS itself', () => {
    const forgedUpload = { ...created({ key: 'a/b.pdf', etag: 'e1' }), source: 'acme.portal' };
    const forgedVerdict = { ...scanResult({ eTag: 'e1' }), source: 'acme.portal' };
    expect(refusalOf(forgedUpload).code).toBe('EVENT_UNKNOWN');
    expect(refusalOf(forgedVerdict, scanned).code).toBe('EVENT_UNKNOWN');
  });

  test('an event of a schedule is refused with its source', () => {
    const refusal = refusalOf({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} });
    expect(refusal.detail).toContain('aws.events');
  });
});

describe('GuardDuty scan results', () => {
  test("the upload of a scan verdict has no time, because the event's time is that of the scan", () => {
    const request = onlyRequest({ ...scanResult({ eTag: 'e1' }), time: '2026-01-05T09:00:00Z' }, scanned);
    expect(request).toMatchObject({ kind: 'scanned', verdict: { at: Date.UTC(2026, 0, 5, 9) } });
    expect(request.kind === 'scanned' && request.upload).not.toHaveProperty('modifiedAt');
  });

  test('a scan verdict without a readable time has none', () => {
    const request = onlyRequest({ ...scanResult({ eTag: 'e1' }), time: 'yesterday' }, scanned);
    expect(request).toMatchObject({ kind: 'scanned', verdict: { code: 'clean' } });
    expect(request.kind === 'scanned' && request.verdict).not.toHaveProperty('at');
  });

  test.each([
    ['guardduty-clean', 'clean'],
    ['guardduty-threats', 'SCAN_THREAT_FOUND'],
    ['guardduty-unsupported', 'SCAN_UNSUPPORTED'],
    ['guardduty-access-denied', 'SCAN_DENIED'],
    ['guardduty-failed', 'SCAN_FAILED'],
  ])('the event %s is the scan verdict %s, with the time of the event', (name, code) => {
    const at = Date.parse((sample(name) as { time: string }).time);
    expect(onlyRequest(sample(name), scanned)).toEqual({ kind: 'scanned', upload, verdict: { code, at } });
  });

  test.each(['no_threats_found', 'CLEAN', 'NO_THREATS_FOUND '])(
    'an unknown scan verdict (%j) is never clean',
    (verdict) => {
      expect(onlyRequest(scanResult({ eTag: 'e1' }, verdict), scanned)).toEqual({
        kind: 'scanned',
        upload: { bucket: 'acme-cv-inbox', key: 'a/b.pdf', etag: 'e1' },
        verdict: { code: 'SCAN_VERDICT_UNKNOWN' },
      });
    },
  );

  test.each([undefined, null, '', true])('the scan verdict %j is refused and kept', (verdict) => {
    expect(refusalOf(scanResult({ eTag: 'e1' }, verdict ?? null), scanned)).toMatchObject({
      code: 'EVENT_INCOMPLETE',
      detail: 'The scan result has no scanResultStatus.',
      redeliver: true,
    });
  });

  test.each(['guardduty-clean', 'guardduty-threats'])(
    'the scan verdict of %s counts even when no scan is required',
    (name) => {
      expect(onlyRequest(sample(name))).toEqual(onlyRequest(sample(name), scanned));
    },
  );

  test.each(['guardduty-unsupported', 'guardduty-access-denied', 'guardduty-failed'])(
    'the scan verdict of %s is ignored when no scan is required',
    (name) => {
      expect(onlyRequest(sample(name))).toEqual({
        kind: 'ignored',
        reason: 'REQUIRE_SCAN is off, and the scan did not examine the file.',
      });
    },
  );

  test('a scan verdict without an ETag applies to the version that it names', () => {
    expect(onlyRequest(scanResult({ versionId: 'v1' }), scanned)).toEqual({
      kind: 'unidentified',
      object: { bucket: 'acme-cv-inbox', key: 'a/b.pdf', versionId: 'v1' },
      verdict: { code: 'clean' },
    });
    expect(onlyRequest(scanResult({ versionId: 'v1' }, 'THREATS_FOUND'), scanned)).toEqual({
      kind: 'unidentified',
      object: { bucket: 'acme-cv-inbox', key: 'a/b.pdf', versionId: 'v1' },
      verdict: { code: 'SCAN_THREAT_FOUND' },
    });
  });

  test.each([{}, { versionId: 'null' }])(
    'a clean verdict without ETag and version (%j) is refused, because the scanned content is unknown',
    (details) => {
      const detail = 'The scan result has neither ETag nor version, so it does not say which content was scanned.';
      expect(refusalOf(scanResult(details), scanned)).toMatchObject({
        code: 'VERDICT_UNPINNED',
        detail,
        redeliver: true,
      });
    },
  );

  test('a scan verdict about another bucket is refused', () => {
    expect(refusalOf(scanResult({ bucketName: 'acme-logs', eTag: 'e1' }), scanned).code).toBe('BUCKET_FOREIGN');
  });

  test('other events of GuardDuty are ignored by name', () => {
    const event = { source: 'aws.guardduty', 'detail-type': 'GuardDuty Finding', detail: {} };
    expect(onlyRequest(event, scanned)).toEqual({ kind: 'ignored', reason: 'GuardDuty Finding is not an upload.' });
  });
});
