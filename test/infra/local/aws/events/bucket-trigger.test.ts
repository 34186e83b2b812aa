import { expect, test } from 'vitest';
import { createBucketTrigger } from '../../../../../infra/local/aws/events/bucket-trigger.ts';
import type { Lambda } from '../../../../../infra/local/aws/lambda/function.ts';

test.each([
  ['candidates/', 'candidates/c1/CV.pdf', true],
  ['candidates/', 'other/CV.pdf', false],
  ['', 'anything', true],
  ['new+CVs/', 'new CVs/CV.pdf', true],
  ['new+CVs/', 'new+CVs/CV.pdf', false],
  ['R%26D%2B/', 'R&D+/CV.pdf', true],
  ['100%/', '100%/CV.pdf', true],
])('the prefix filter %j, decoded as S3 decodes it, starts the function for the key %j: %s', (prefix, key, starts) => {
  const [dispatched, unwatched]: [string[], string[]] = [[], []];
  const onUpload = { send: async () => ({}) } as unknown as Lambda;
  const trigger = createBucketTrigger({
    onUpload,
    region: 'eu-central-1',
    prefixes: [prefix],
    onDispatch: ({ object }) => dispatched.push(object.key),
    onUnwatched: (object) => unwatched.push(object.key),
  });
  const eventTime = '2026-03-01T10:00:00.000Z';
  trigger({ bucket: 'cvs', key, etag: 'x', sizeBytes: 1, eventName: 'ObjectCreated:Put', eventTime, sequencer: '1A' });
  expect([dispatched, unwatched]).toEqual(starts ? [[key], []] : [[], [key]]);
});
