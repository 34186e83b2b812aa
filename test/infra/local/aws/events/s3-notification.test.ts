import { expect, test } from 'vitest';
import { s3Notification, toCreatedObjects } from '../../../../../infra/local/aws/events/s3-notification.ts';

/** As the local S3 tells it: the key is not encoded. */
const eventOf = (eventName: string, object: { key: string; size?: number; eTag?: string }) => ({
  Records: [
    {
      eventTime: '2026-03-01T10:00:00.000Z',
      eventName,
      s3: { bucket: { name: 'cvs' }, object: { ...object, sequencer: '1A2' } },
    },
  ],
});

test('an upload becomes the notification that S3 would send, with its key form-encoded', () => {
  const [object] = toCreatedObjects(
    eventOf('ObjectCreated:Put', { key: 'candidates/c1/C++ 100%.pdf', size: 12, eTag: 'abc' }),
  );
  expect(object && s3Notification(object, 'eu-central-1')).toMatchObject({
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: 'eu-central-1',
        eventTime: '2026-03-01T10:00:00.000Z',
        eventName: 'ObjectCreated:Put',
        s3: {
          s3SchemaVersion: '1.0',
          bucket: { name: 'cvs', arn: 'arn:aws:s3:::cvs' },
          object: { key: 'candidates/c1/C%2B%2B+100%25.pdf', size: 12, eTag: 'abc', sequencer: '1A2' },
        },
      },
    ],
  });
});

test('a deletion starts nothing', () => {
  expect(toCreatedObjects(eventOf('ObjectRemoved:Delete', { key: 'candidates/c1/cv.pdf' }))).toEqual([]);
});

test('a copy has no ETag, and none is made up', () => {
  expect(toCreatedObjects(eventOf('ObjectCreated:Copy', { key: 'candidates/c1/cv.pdf', size: 12 }))).toEqual([
    {
      bucket: 'cvs',
      key: 'candidates/c1/cv.pdf',
      sizeBytes: 12,
      eventName: 'ObjectCreated:Copy',
      eventTime: '2026-03-01T10:00:00.000Z',
      sequencer: '1A2',
    },
  ]);
});
