import { GetBucketLifecycleConfigurationCommand, S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { expect, onTestFinished, test } from 'vitest';
import { stackSetup } from '../../../lib/aws/stack-setup.ts';
import { rawServer } from '../../fakes/raw-server.ts';
import { startTestS3 } from '../../fakes/s3-test-server.ts';
import { newFolder, remove } from '../../fakes/temporary-folder.ts';

const { signal } = new AbortController();
const topic = 'arn:aws:sns:eu-central-1:111122223333:cv-courier-dev-alarms';
const asXml = { 'content-type': 'text/xml' };

/** S3 and SNS that always answer the same. */
const answers = async (status: number, body: string) => {
  const server = await rawServer({ complete: ({ answer }) => answer(status, body, asXml) });
  const credentials = { accessKeyId: 'LOCAL', secretAccessKey: 'LOCAL' };
  const options = { endpoint: new URL(server.url).origin, region: 'eu-central-1', credentials, maxAttempts: 1 };
  const [s3, sns] = [new S3Client({ ...options, forcePathStyle: true }), new SNSClient(options)];
  onTestFinished(() => {
    s3.destroy();
    sns.destroy();
  });
  return { setup: stackSetup(s3, sns), requests: server.requests };
};

const s3Error = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>No.</Message></Error>`;
const lifecycle = (...rules: readonly string[]) =>
  `<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${rules
    .map((rule) => `<Rule><ID>tidy-up</ID>${rule}</Rule>`)
    .join('')}</LifecycleConfiguration>`;
const on = '<Status>Enabled</Status>';

test.each([
  ['<Status>Enabled</Status>', 'enabled'],
  ['<Status>Suspended</Status>', 'suspended'],
  ['', 'never enabled'],
])('versioning that S3 describes as "%s" is %s', async (status, expected) => {
  const { setup } = await answers(200, `<VersioningConfiguration>${status}</VersioningConfiguration>`);
  expect(await setup.versioning('cvs', signal)).toEqual({ ok: true, value: expected });
});

test.each([
  ['a filter with a prefix', '<Filter><Prefix>cvs/</Prefix></Filter>', { prefix: 'cvs/' }],
  ['the old form, without a filter', '<Prefix>cvs/</Prefix>', { prefix: 'cvs/' }],
  ['an empty filter', '<Filter></Filter>', {}],
  ['a tag', '<Filter><Tag><Key>a</Key><Value>b</Value></Tag></Filter>', { onlyTagged: true }],
  [
    'several conditions',
    '<Filter><And><Prefix>cvs/</Prefix><Tag><Key>a</Key><Value>b</Value></Tag><ObjectSizeGreaterThan>5</ObjectSizeGreaterThan></And></Filter>',
    { prefix: 'cvs/', onlyTagged: true, largerThanBytes: 5 },
  ],
  ['a size', '<Filter><ObjectSizeGreaterThan>5</ObjectSizeGreaterThan></Filter>', { largerThanBytes: 5 }],
])('a lifecycle rule with %s is read', async (_name, filter, expected) => {
  const { setup } = await answers(200, lifecycle(`${filter}${on}<Expiration><Days>7</Days></Expiration>`));
  const actions = [{ does: 'deletes', to: 'objects', when: { afterDays: 7 } }];
  const rule = { name: 'tidy-up', prefix: '', onlyTagged: false, actions, ...expected };
  expect(await setup.lifecycle('cvs', signal)).toEqual({ ok: true, value: [rule] });
});

test('only actions of a lifecycle rule that make a file unreadable are read; a transition to instant retrieval does not', async () => {
  const rule = `<Filter/>${on}
    <Expiration><Date>2030-01-01T00:00:00Z</Date></Expiration>
    <Transition><Days>1</Days><StorageClass>STANDARD_IA</StorageClass></Transition>
    <Transition><Days>2</Days><StorageClass>GLACIER_IR</StorageClass></Transition>
    <Transition><Days>3</Days><StorageClass>GLACIER</StorageClass></Transition>
    <Transition><Days>4</Days><StorageClass>DEEP_ARCHIVE</StorageClass></Transition>
    <NoncurrentVersionExpiration><NoncurrentDays>5</NoncurrentDays></NoncurrentVersionExpiration>
    <NoncurrentVersionTransition><NoncurrentDays>6</NoncurrentDays><StorageClass>GLACIER</StorageClass></NoncurrentVersionTransition>
    <AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>`;
  const { setup } = await answers(200, lifecycle(rule));
  const read = await setup.lifecycle('cvs', signal);
  expect(read.ok && read.value[0]?.actions).toEqual([
    { does: 'deletes', to: 'objects', when: { from: new Date('2030-01-01T00:00:00Z') } },
    { does: 'deletes', to: 'old versions', when: { afterDays: 5 } },
    { does: 'archives', to: 'objects', when: { afterDays: 3 } },
    { does: 'archives', to: 'objects', when: { afterDays: 4 } },
    { does: 'archives', to: 'old versions', when: { afterDays: 6 } },
  ]);
});

test('a lifecycle rule that removes empty delete markers, or is disabled, has no action that removes a file', async () => {
  const markers = `<Filter/>${on}<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>`;
  const off = '<Filter/><Status>Disabled</Status><Expiration><Days>1</Days></Expiration>';
  const { setup } = await answers(200, lifecycle(markers, off));
  expect(await setup.lifecycle('cvs', signal)).toMatchObject({ ok: true, value: [{ actions: [] }] });
});

test('a bucket without lifecycle rules has an empty list; one whose rules may not be read gives the error', async () => {
  const none = await answers(404, s3Error('NoSuchLifecycleConfiguration'));
  expect(await none.setup.lifecycle('cvs', signal)).toEqual({ ok: true, value: [] });
  const denied = await answers(403, s3Error('AccessDenied'));
  expect(await denied.setup.lifecycle('cvs', signal)).toEqual({ ok: false, error: 'AccessDenied' });
  expect(await denied.setup.versioning('cvs', signal)).toEqual({ ok: false, error: 'AccessDenied' });
});

test('the local S3 answers like a bucket without lifecycle rules', async () => {
  const folder = await newFolder();
  onTestFinished(() => remove(folder));
  const { client } = await startTestS3(folder);
  const asked = client.send(new GetBucketLifecycleConfigurationCommand({ Bucket: 'cvs' }));
  await expect(asked).rejects.toMatchObject({
    name: 'NoSuchLifecycleConfiguration',
    $metadata: { httpStatusCode: 404 },
  });
});

test('the subscriptions of a topic are counted with one request about that topic', async () => {
  const entry = (key: string, value: string) => `<entry><key>${key}</key><value>${value}</value></entry>`;
  const { setup, requests } = await answers(
    200,
    `<GetTopicAttributesResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><GetTopicAttributesResult><Attributes>
      ${entry('SubscriptionsConfirmed', '2')}${entry('SubscriptionsPending', '1')}${entry('Owner', '111122223333')}
    </Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>`,
  );
  expect(await setup.subscriptions(topic, signal)).toEqual({ ok: true, value: { confirmed: 2, pending: 1 } });
  expect(requests.map(({ body }) => new URLSearchParams(body.toString()).get('TopicArn'))).toEqual([topic]);
});

test.each([
  [404, 'NotFound', 'NotFoundException'],
  [403, 'AuthorizationError', 'AuthorizationErrorException'],
])('a topic for which SNS answers %i gives the error code without the message', async (status, code, expected) => {
  const error = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>User x</Message></Error></ErrorResponse>`;
  const { setup } = await answers(status, error);
  expect(await setup.subscriptions(topic, signal)).toEqual({ ok: false, error: expected });
});
