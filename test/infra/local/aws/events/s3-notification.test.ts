import { expect, test } from 'vitest';
import { type CreatedObject, s3Notification } from '../../../../../infra/local/aws/events/s3-notification.ts';

const object: CreatedObject = {
  bucket: 'cvs',
  key: 'candidates/c1/C++ 100%.pdf',
  sizeBytes: 12,
  etag: 'd41d8cd98f00b204e9800998ecf8427e',
  versionId: '096fKKXTRTtl3on89fVO.nfljtsv6qko',
  eventName: 'ObjectCreated:CompleteMultipartUpload',
  eventTime: '2026-03-01T10:00:00.000Z',
  sequencer: '0055AED6DCD90281E5',
};

test('an upload becomes the notification that S3 would send, with its key form-encoded and its ETag bare', () => {
  expect(s3Notification(object, 'eu-central-1')).toMatchObject({
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: 'eu-central-1',
        eventTime: '2026-03-01T10:00:00.000Z',
        eventName: 'ObjectCreated:CompleteMultipartUpload',
        s3: {
          s3SchemaVersion: '1.0',
          bucket: { name: 'cvs', arn: 'arn:aws:s3:::cvs' },
          object: {
            key: 'candidates/c1/C%2B%2B+100%25.pdf',
            size: 12,
            eTag: 'd41d8cd98f00b204e9800998ecf8427e',
            versionId: '096fKKXTRTtl3on89fVO.nfljtsv6qko',
            sequencer: '0055AED6DCD90281E5',
          },
        },
      },
    ],
  });
});

test('the notification of an object in a bucket without versions has no version id', () => {
  const { versionId: _, ...unversioned } = object;
  expect(JSON.stringify(s3Notification(unversioned, 'eu-central-1'))).not.toContain('versionId');
});
