import { randomUUID } from 'node:crypto';
import type { S3rverEvent } from '@20minutes/s3rver';
import { encodeEventKey } from '../../../../lib/upload/object-key.ts';

/** A new object in the bucket, as the local S3 reports it. */
export interface CreatedObject {
  readonly bucket: string;
  /** As it was uploaded. */
  readonly key: string;
  /** Absent for a copy: the function then asks the bucket. */
  readonly etag?: string;
  readonly sizeBytes?: number;
  /** `ObjectCreated:Put`, `ObjectCreated:Post` (also for multipart uploads) or `ObjectCreated:Copy`. */
  readonly eventName: string;
  readonly eventTime: string;
  readonly sequencer: string;
}

/** Deletions are left out, as the trigger of the deployed function leaves them out. */
export const toCreatedObjects = ({ Records }: S3rverEvent): readonly CreatedObject[] =>
  Records.filter(({ eventName }) => eventName.startsWith('ObjectCreated:')).map(({ eventName, eventTime, s3 }) => ({
    bucket: s3.bucket.name,
    key: s3.object.key,
    ...(s3.object.eTag !== undefined && { etag: s3.object.eTag }),
    ...(s3.object.size !== undefined && { sizeBytes: s3.object.size }),
    eventName,
    eventTime,
    sequencer: s3.object.sequencer,
  }));

/**
 * The notification as S3 sends it. The local S3 reports plain keys, so they are encoded here.
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
          sequencer: object.sequencer,
        },
      },
    },
  ],
});
