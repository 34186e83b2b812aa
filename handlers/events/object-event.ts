import { nonEmptyText } from '../../lib/json.ts';
import { hasLookedInside, type ReportedVerdict } from '../../lib/ledger/latest-verdict.ts';
import type { Result } from '../../lib/result.ts';
import { isFolderMarker } from '../../lib/upload/object-key.ts';
import { bareEtag, type Upload } from '../../lib/upload/upload.ts';
import { ignore, type UploadEventOptions, type UploadRequest } from './entry.ts';
import { eventSequencer, eventTime } from './event-facts.ts';
import { refuseEvent } from './refusals.ts';

/** The raw fields of an object, from any form of event. */
interface EventObject {
  readonly bucket: unknown;
  /** Already decoded, if this form of event encodes keys. */
  readonly key: Result<string, string> | undefined;
  readonly etag: unknown;
  readonly size?: unknown;
  readonly versionId: unknown;
  readonly sequencer?: unknown;
  /** When the object was created; a scan verdict does not say. */
  readonly time?: unknown;
}

/** Bucket names that the console's S3 Put template has used over the years. */
const isTemplateBucket = (bucket: string): boolean =>
  bucket === 'example-bucket' || bucket.startsWith('amzn-s3-demo-bucket');

const foreign = (found: string, bucket: string): UploadRequest => {
  const name = /^[\w.-]{1,255}$/.test(found) ? found : '(no valid name)';
  const named = `The event names the bucket "${name}", but BUCKET is "${bucket}".`;
  return isTemplateBucket(found)
    ? refuseEvent('EVENT_IS_TEMPLATE', `This is the S3 test template of the console. ${named}`)
    : refuseEvent('BUCKET_FOREIGN', named);
};

const uploadOf = (
  object: EventObject,
  bucket: string,
  key: string,
): Omit<Upload, 'etag'> & { readonly etag?: string } => {
  const etag = typeof object.etag === 'string' ? nonEmptyText(bareEtag(object.etag)) : undefined;
  const versionId = nonEmptyText(object.versionId);
  const sequencer = eventSequencer(object.sequencer);
  const modifiedAt = eventTime(object.time);
  return {
    bucket,
    key,
    ...(etag !== undefined && { etag }),
    ...(typeof object.size === 'number' && Number.isSafeInteger(object.size) && object.size >= 0
      ? { sizeBytes: object.size }
      : {}),
    // S3 uses the version id "null" for an object without a version; the ETag pins that object.
    ...(versionId !== undefined && versionId !== 'null' && { versionId }),
    ...(sequencer !== undefined && { sequencer }),
    ...(modifiedAt !== undefined && { modifiedAt }),
  };
};

/**
 * Turns an event about one object into a request. `news` is what happened to the object: created, or scanned with a
 * verdict.
 */
export const requestFor = (
  object: EventObject,
  news: 'created' | ReportedVerdict,
  options: UploadEventOptions,
): UploadRequest => {
  const bucket = nonEmptyText(object.bucket);
  if (bucket === undefined || object.key === undefined) {
    return refuseEvent('EVENT_INCOMPLETE', `The event names no ${bucket === undefined ? 'bucket' : 'key'}.`);
  }
  if (bucket !== options.bucket) return foreign(bucket, options.bucket);
  if (!object.key.ok) return refuseEvent('KEY_MALFORMED', object.key.error);

  const { etag, ...unidentified } = uploadOf(object, bucket, object.key.value);
  if (isFolderMarker(unidentified.key, unidentified.sizeBytes)) return ignore('A folder marker is not an upload.');
  if (news === 'created') {
    if (options.requireScan) return ignore('The upload waits for its scan verdict, because REQUIRE_SCAN is on.');
    return etag === undefined
      ? { kind: 'unidentified', object: unidentified }
      : { kind: 'upload', upload: { ...unidentified, etag } };
  }

  // Without REQUIRE_SCAN, a verdict still applies, but a scan that could not be made is ignored.
  if (!options.requireScan && !hasLookedInside(news.code)) {
    return ignore('REQUIRE_SCAN is off, and the scan did not examine the file.');
  }
  if (etag === undefined) {
    // The object may have been replaced since. A verdict must never apply to bytes that were not scanned.
    return unidentified.versionId === undefined
      ? refuseEvent(
          'VERDICT_UNPINNED',
          'The scan result has neither ETag nor version, so it does not say which content was scanned.',
        )
      : { kind: 'unidentified', object: unidentified, verdict: news };
  }
  return { kind: 'scanned', upload: { ...unidentified, etag }, verdict: news };
};
