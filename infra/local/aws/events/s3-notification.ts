import { randomUUID } from 'node:crypto';
import { encodeEventKey } from '../../../../lib/upload/object-key.ts';

/** A new object in the bucket, as the local S3 reports it. */
export interface CreatedObject {
  readonly bucket: string;
  /** The key as uploaded, not encoded. */
  readonly key: string;
  readonly etag: string;
  readonly sizeBytes: number;
  /** Absent in a bucket without versions. */
  readonly versionId?: string;
  /** `ObjectCreated:Put`, `:Post`, `:Copy` or `:CompleteMultipartUpload`. */
  readonly eventName: string;
  readonly eventTime: string;
  readonly sequencer: string;
}

/**
 * The notification as S3 sends it. The local S3 reports unencoded keys, so they are encoded here.
 * @see Amazon S3 User Guide, "Event message structure"
 */
export const s3Notification = (object: CreatedObject, region: string): unknown => ({
  Records: [
    {
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: region,
      eventTime: object.eventTime,
      eventName: object.eventName,
      userIdentity: { principalId: 'AWS:LOCAL' },
      requestParameters: { sourceIPAddress: '127.0.0.1' },
      responseElements: { 'x-amz-request-id': randomUUID(), 'x-amz-id-2': 'local' },
      s3: {
        s3SchemaVersion: '1.0',
        configurationId: 'local',
        bucket: {
          name: object.bucket,
          ownerIdentity: { principalId: 'LOCAL' },
          arn: `arn:aws:s3:::${object.bucket}`,
        },
        object: {
          key: encodeEventKey(object.key),
          size: object.sizeBytes,
          eTag: object.etag,
          versionId: object.versionId,
          sequencer: object.sequencer,
        },
      },
    },
  ],
});
