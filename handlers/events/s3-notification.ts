import { at, nonEmptyText } from '../../lib/json.ts';
import { decodeEventKey } from '../../lib/upload/object-key.ts';
import { eventName } from './aws-names.ts';
import { ignore, type UploadEventOptions, type UploadRequest } from './entry.ts';
import { requestFor } from './object-event.ts';
import { refuseEvent } from './refusals.ts';

/**
 * Reads one record of a native S3 notification; its key is form-encoded. `eventVersion` is not checked: these fields
 * have been stable since 2.0, and a record without them is refused. Put, Post, Copy and CompleteMultipartUpload create
 * objects; all other events are logged and ignored.
 * @see Amazon S3 User Guide, "Event message structure"
 */
export const requestOfNotification = (record: unknown, options: UploadEventOptions): UploadRequest => {
  const name = nonEmptyText(at(record, 'eventName'));
  if (name === undefined) return refuseEvent('EVENT_INCOMPLETE', 'The S3 record has no eventName.');
  if (!/^(s3:)?ObjectCreated:/.test(name)) return ignore(`${eventName(name)} is not an upload.`);
  const object = at(record, 's3', 'object');
  const key = nonEmptyText(at(object, 'key'));
  return requestFor(
    {
      bucket: at(record, 's3', 'bucket', 'name'),
      key: key === undefined ? undefined : decodeEventKey(key),
      etag: at(object, 'eTag') ?? at(object, 'etag'),
      size: at(object, 'size'),
      versionId: at(object, 'versionId'),
      sequencer: at(object, 'sequencer'),
      time: at(record, 'eventTime'),
    },
    'created',
    options,
  );
};
