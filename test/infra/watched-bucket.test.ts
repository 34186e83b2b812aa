import { expect, test } from 'vitest';
import { watchedBucket } from '../../infra/watched-bucket.ts';

const own = {
  service: 'cv-courier',
  stage: 'dev',
  existingBucket: '',
  keyTemplates: 'candidates/{candidate_id}/{filename}|to/{integration_id}/applications/{application_id}/{filename}',
};
const existing = { ...own, existingBucket: 'acme-applications' };
const everywhere = { ...own, keyTemplates: '{candidate_id}/{filename}' };

test('an own bucket is named by service, stage, account and region, without a reference to the bucket', () => {
  expect(watchedBucket.bucketName(own)).toEqual({
    'Fn::Sub': 'cv-courier-dev-uploads-${AWS::AccountId}-${AWS::Region}',
  });
  expect(watchedBucket.bucketArn(own)).toEqual({
    'Fn::Sub': 'arn:${AWS::Partition}:s3:::cv-courier-dev-uploads-${AWS::AccountId}-${AWS::Region}',
  });
});

test('an own bucket has a legal name in the longest region, with the longest stage', () => {
  const name = 'cv-courier-abcdefghijklmno-uploads-111122223333-ap-northeast-1';
  expect(watchedBucket.bucketName({ ...own, stage: 'abcdefghijklmno' })).toEqual({
    'Fn::Sub': name.replace('111122223333', '${AWS::AccountId}').replace('ap-northeast-1', '${AWS::Region}'),
  });
  expect(name.length).toBeLessThanOrEqual(63);
});

test('an existing bucket goes by its name', () => {
  expect(watchedBucket.bucketName(existing)).toBe('acme-applications');
  expect(watchedBucket.bucketArn(existing)).toEqual({ 'Fn::Sub': 'arn:${AWS::Partition}:s3:::acme-applications' });
});

test('the functions may read only keys that a template can fit', () => {
  expect(watchedBucket.objectArns(existing)).toEqual([
    { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::acme-applications/candidates/*' },
    { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::acme-applications/to/*' },
  ]);
  expect(watchedBucket.objectArns({ ...existing, keyTemplates: everywhere.keyTemplates })).toEqual([
    { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::acme-applications/*' },
  ]);
});

test('S3 notifies of each folder once', () => {
  const onUpload = { 'Fn::GetAtt': ['OnDashuploadLambdaFunction', 'Arn'] };
  const rule = (prefix: string) => ({
    Event: 's3:ObjectCreated:*',
    Function: onUpload,
    Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: prefix }] } },
  });
  expect(watchedBucket.notifications(own)).toEqual([rule('candidates/'), rule('to/')]);
  // S3 refuses two notifications of which one prefix begins with the other.
  const nested = 'in/{candidate_id}/{filename}|in/{type}/{candidate_id}/{filename}';
  expect(watchedBucket.notifications({ ...own, keyTemplates: nested })).toEqual([rule('in/')]);
});

test('a template without a first folder watches the whole bucket', () => {
  expect(watchedBucket.notifications(everywhere)).toEqual([
    { Event: 's3:ObjectCreated:*', Function: { 'Fn::GetAtt': ['OnDashuploadLambdaFunction', 'Arn'] } },
  ]);
  expect(watchedBucket.keyPattern(everywhere)).toEqual([{ exists: true }]);
  expect(watchedBucket.scanPrefixes(everywhere)).toEqual({ Ref: 'AWS::NoValue' });
});

test('EventBridge and GuardDuty look at the same folders', () => {
  expect(watchedBucket.keyPattern(own)).toEqual([{ prefix: 'candidates/' }, { prefix: 'to/' }]);
  expect(watchedBucket.scanPrefixes(own)).toEqual(['candidates/', 'to/']);
});
