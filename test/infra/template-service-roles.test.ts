import { expect, test } from 'vitest';
import { allShapes, shapeNamed } from './template/shapes.ts';
import { roleStatements } from './template/statements.ts';
import { at, type Template } from './template/template.ts';

const shapes = await allShapes();

const filledIn = (name: string): Template => shapeNamed(shapes, ...name.split(', ')).filledIn;

/** Every action with every resource that it is allowed on, in order of the alphabet. */
const pairs = (template: Template, roleId: string): readonly string[] =>
  roleStatements(template, roleId)
    .flatMap(({ effect, actions, resources }) =>
      actions.flatMap((action) => resources.map((resource) => `${effect} ${action} on ${resource}`)),
    )
    .sort();

/** The conditions of each statement of a role, by the statement's name. */
const conditions = (template: Template, roleId: string) =>
  Object.fromEntries(
    roleStatements(template, roleId).flatMap(({ raw }) =>
      raw.Condition === undefined ? [] : [[String(raw.Sid), raw.Condition]],
    ),
  );

const buckets = [
  ['own bucket', 'arn:aws:s3:::cv-courier-dev-uploads-111122223333-eu-central-1'],
  ['existing bucket', 'arn:aws:s3:::acme-applications'],
] as const;
const guardDutyRule = 'arn:aws:events:eu-central-1:111122223333:rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*';
const key = 'arn:aws:kms:eu-central-1:111122223333:key/5f1a2b3c-1111-2222-3333-444455556666';

const batchPairs = (bucket: string): readonly string[] => [
  'Allow lambda:InvokeFunction on arn:aws:lambda:eu-central-1:111122223333:function:cv-courier-dev-on-batch',
  'Allow s3:GetObject on arn:aws:s3:::batchbucket/*',
  'Allow s3:GetObjectVersion on arn:aws:s3:::batchbucket/*',
  `Allow s3:PutInventoryConfiguration on ${bucket}`,
  'Allow s3:PutObject on arn:aws:s3:::batchbucket/*',
];

const scanPairs = (bucket: string): readonly string[] => [
  `Allow events:DeleteRule on ${guardDutyRule}`,
  `Allow events:DescribeRule on ${guardDutyRule}`,
  `Allow events:ListTargetsByRule on ${guardDutyRule}`,
  `Allow events:PutRule on ${guardDutyRule}`,
  `Allow events:PutTargets on ${guardDutyRule}`,
  `Allow events:RemoveTargets on ${guardDutyRule}`,
  `Allow s3:GetBucketNotification on ${bucket}`,
  `Allow s3:GetObject on ${bucket}/candidates/*`,
  `Allow s3:GetObjectTagging on ${bucket}/candidates/*`,
  `Allow s3:GetObjectVersion on ${bucket}/candidates/*`,
  `Allow s3:GetObjectVersionTagging on ${bucket}/candidates/*`,
  `Allow s3:ListBucket on ${bucket}`,
  `Allow s3:PutBucketNotification on ${bucket}`,
  `Allow s3:PutObject on ${bucket}/malware-protection-resource-validation-object`,
  `Allow s3:PutObjectTagging on ${bucket}/candidates/*`,
  `Allow s3:PutObjectVersionTagging on ${bucket}/candidates/*`,
];

test.each(buckets)(
  'a batch job may only invoke on-batch, configure the inventory, and use its own bucket (%s)',
  (name, bucket) => {
    for (const encryption of ['key', 'no key']) {
      const template = filledIn(`${name}, no scan, ${encryption}, plain`);
      expect(pairs(template, 'BatchRole')).toEqual(batchPairs(bucket));
      expect(conditions(template, 'BatchRole')).toEqual({});
    }
  },
);

test.each(buckets)('GuardDuty may only read and tag CVs, and manage its own rule (%s)', (name, bucket) => {
  const template = filledIn(`${name}, scan by an own plan, no key, plain`);
  expect(pairs(template, 'ScanRole')).toEqual(scanPairs(bucket));
  expect(conditions(template, 'ScanRole')).toEqual({
    ManageOwnRule: { StringEquals: { 'events:ManagedBy': 'malware-protection-plan.guardduty.amazonaws.com' } },
  });
});

test.each(buckets)('with a KMS key GuardDuty may use it too, but only through S3 (%s)', (name, bucket) => {
  const template = filledIn(`${name}, scan by an own plan, key, plain`);
  const added = [`Allow kms:Decrypt on ${key}`, `Allow kms:GenerateDataKey on ${key}`];
  expect(pairs(template, 'ScanRole')).toEqual([...scanPairs(bucket), ...added].sort());
  expect(conditions(template, 'ScanRole')).toMatchObject({
    Decrypt: { StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' } },
  });
});

const bus = 'arn:aws:events:eu-central-1:111122223333:event-bus/hiring';
const stream = 'arn:aws:dynamodb:eu-central-1:111122223333:table/LedgerTable/stream/2026-01-05T09:00:00.000';
const pipePairs = [
  `Allow dynamodb:DescribeStream on ${stream}`,
  `Allow dynamodb:GetRecords on ${stream}`,
  `Allow dynamodb:GetShardIterator on ${stream}`,
  `Allow dynamodb:ListStreams on ${stream}`,
  `Allow events:PutEvents on ${bus}`,
  'Allow sqs:SendMessage on arn:aws:sqs:eu-central-1:111122223333:cv-courier-dev-outcome-failures',
];

test('the pipe may only read the stream of this table, and write to this bus and to its own queue', () => {
  const plain = filledIn('own bucket, no scan, no key, e-mail, links, canary, no reservation');
  expect(pairs(plain, 'OutcomePipeRole')).toEqual(pipePairs);
  expect(conditions(plain, 'OutcomePipeRole')).toEqual({});
  const encrypted = filledIn('own bucket, no scan, key, e-mail, links, canary, no reservation');
  const [decrypt, encrypt] = [`Allow kms:Decrypt on ${key}`, `Allow kms:GenerateDataKey on ${key}`];
  expect(pairs(encrypted, 'OutcomePipeRole')).toEqual([...pipePairs, decrypt, decrypt, encrypt].sort());
  expect(conditions(encrypted, 'OutcomePipeRole')).toEqual({
    DecryptStream: { StringEquals: { 'kms:ViaService': 'dynamodb.eu-central-1.amazonaws.com' } },
    EncryptFailures: { StringEquals: { 'kms:ViaService': 'sqs.eu-central-1.amazonaws.com' } },
  });
});

test('only this pipe of this account may assume the role of the pipe', () => {
  const { Resources } = filledIn('own bucket, no scan, no key, e-mail, links, canary, no reservation');
  expect(at(Resources.OutcomePipeRole?.Properties, 'AssumeRolePolicyDocument', 'Statement', 0)).toMatchObject({
    Principal: { Service: 'pipes.amazonaws.com' },
    Condition: {
      StringEquals: {
        'aws:SourceAccount': '111122223333',
        'aws:SourceArn': `arn:aws:pipes:eu-central-1:111122223333:pipe/${at(Resources.OutcomePipe?.Properties, 'Name')}`,
      },
    },
  });
});
