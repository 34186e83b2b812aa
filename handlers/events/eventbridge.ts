import { at, type JsonObject, nonEmptyText } from '../../lib/json.ts';
import type { ScanCode } from '../../lib/ledger/latest-verdict.ts';
import { ok } from '../../lib/result.ts';
import { awsSource, eventName } from './aws-names.ts';
import { ignore, type UploadEventOptions, type UploadRequest } from './entry.ts';
import type { EventBridgeEvent } from './envelope.ts';
import { eventTime } from './event-facts.ts';
import { requestFor } from './object-event.ts';
import { refuseEvent } from './refusals.ts';

/** The five values of `scanResultStatus`. */
const verdicts = new Map<string, ScanCode>([
  ['NO_THREATS_FOUND', 'clean'],
  ['THREATS_FOUND', 'SCAN_THREAT_FOUND'],
  ['UNSUPPORTED', 'SCAN_UNSUPPORTED'],
  ['ACCESS_DENIED', 'SCAN_DENIED'],
  ['FAILED', 'SCAN_FAILED'],
]);

/** Keys in EventBridge events are plain, unlike those in notifications: decoding "a+b.pdf" would ask for "a b.pdf". */
const plainKey = (value: unknown) => {
  const key = nonEmptyText(value);
  return key === undefined ? undefined : ok(key);
};

/** @see Amazon S3 User Guide, "EventBridge event message structure" */
const requestOfCreation = ({ detail, time }: JsonObject, options: UploadEventOptions): UploadRequest => {
  const object = at(detail, 'object');
  return requestFor(
    {
      bucket: at(detail, 'bucket', 'name'),
      key: plainKey(at(object, 'key')),
      etag: at(object, 'etag') ?? at(object, 'eTag'),
      size: at(object, 'size'),
      versionId: at(object, 'version-id'),
      sequencer: at(object, 'sequencer'),
      time,
    },
    'created',
    options,
  );
};

/** @see Amazon GuardDuty User Guide, "Monitoring S3 object scans with Amazon EventBridge" */
const requestOfScanResult = ({ detail, time }: JsonObject, options: UploadEventOptions): UploadRequest => {
  const status = nonEmptyText(at(detail, 'scanResultDetails', 'scanResultStatus'));
  if (status === undefined) return refuseEvent('EVENT_INCOMPLETE', 'The scan result has no scanResultStatus.');
  const object = at(detail, 's3ObjectDetails');
  // The detail does not say when the file was scanned, so the event's time orders the verdicts.
  const scannedAt = eventTime(time);
  return requestFor(
    {
      bucket: at(object, 'bucketName'),
      key: plainKey(at(object, 'objectKey')),
      etag: at(object, 'eTag') ?? at(object, 'etag'),
      versionId: at(object, 'versionId'),
    },
    { code: verdicts.get(status) ?? 'SCAN_VERDICT_UNKNOWN', ...(scannedAt !== undefined && { at: scannedAt }) },
    options,
  );
};

/**
 * An event from S3 or GuardDuty Malware Protection, delivered by EventBridge. Other events from the two services are
 * ignored and logged. CloudTrail events are refused: a rule that sends them instead of "Object Created" would leave
 * every CV undelivered.
 */
export const requestOfEventBridge = (event: EventBridgeEvent, options: UploadEventOptions): UploadRequest => {
  const { source, 'detail-type': detailType } = event;
  if (source === 'aws.s3' && detailType === 'Object Created') return requestOfCreation(event, options);
  if (source === 'aws.guardduty' && detailType === 'GuardDuty Malware Protection Object Scan Result') {
    return requestOfScanResult(event, options);
  }
  const isByCloudTrail = detailType.endsWith('via CloudTrail');
  if ((source === 'aws.s3' || source === 'aws.guardduty') && !isByCloudTrail) {
    return ignore(`${eventName(detailType)} is not an upload.`);
  }
  return refuseEvent(
    'EVENT_UNKNOWN',
    `The EventBridge event is from ${isByCloudTrail ? 'CloudTrail' : awsSource(source)}; expected: "Object Created" from aws.s3 or a scan result from aws.guardduty.`,
  );
};
