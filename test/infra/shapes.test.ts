import { expect, test } from 'vitest';
import { deliveredFunctions } from './template/service.ts';
import { allShapes, type Shape, shapeNamed } from './template/shapes.ts';
import { at, resourcesOf } from './template/template.ts';

const shapes = await allShapes();

const shape = (...words: readonly string[]): Shape => shapeNamed(shapes, ...words);

const onUpload = 'arn:aws:lambda:eu-central-1:111122223333:function:cv-courier-dev-on-upload';
const failureQueue = 'arn:aws:sqs:eu-central-1:111122223333:cv-courier-dev-failures';

/** Rules that start on-upload, by their patterns. */
const uploadRules = ({ filledIn }: Shape) =>
  resourcesOf(filledIn, 'AWS::Events::Rule')
    .filter(([, own]) => at(own, 'Targets', 0, 'Arn') === onUpload)
    .map(([, own]) => own);

const notification = ({ filledIn }: Shape) =>
  at(filledIn.Resources.UploadBucket?.Properties, 'NotificationConfiguration');

test('an own bucket notifies on-upload of every upload', () => {
  const own = shape('own bucket', 'no scan', 'plain');
  expect(notification(own)).toEqual({
    LambdaConfigurations: [
      {
        Event: 's3:ObjectCreated:*',
        Function: onUpload,
        Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'candidates/' }] } },
      },
    ],
  });
  expect(uploadRules(own)).toEqual([]);
  expect(own.filledIn.Resources.UploadPermission?.Properties).toMatchObject({
    Principal: 's3.amazonaws.com',
    SourceArn: 'arn:aws:s3:::cv-courier-dev-uploads-111122223333-eu-central-1',
    SourceAccount: '111122223333',
  });
  // Not by DependsOn, because the permission does not exist in every shape.
  expect(own.settled.Resources.UploadBucket).toMatchObject({
    Metadata: { After: { Ref: 'UploadPermission' } },
    DependsOn: [],
  });
});

test('an existing bucket notifies through EventBridge, and the stack neither creates nor changes it', () => {
  const existing = shape('existing bucket', 'no scan', 'plain');
  expect(existing.filledIn.Resources.UploadBucket).toBeUndefined();
  expect(existing.filledIn.Resources.UploadBucketPolicy).toBeUndefined();
  expect(Object.values(existing.filledIn.Resources).filter(({ Type }) => Type.startsWith('Custom::'))).toEqual([]);
  expect(uploadRules(existing).map((rule) => rule.EventPattern)).toEqual([
    {
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { bucket: { name: ['acme-applications'] }, object: { key: [{ prefix: 'candidates/' }] } },
    },
  ]);
});

test.each(['own bucket', 'existing bucket'])('with the scan gate, the verdict is the only trigger (%s)', (bucket) => {
  for (const scan of ['scan by an own plan', 'scan by an existing plan']) {
    const gated = shape(bucket, scan, 'plain');
    const name = bucket === 'own bucket' ? 'cv-courier-dev-uploads-111122223333-eu-central-1' : 'acme-applications';
    expect(uploadRules(gated).map((rule) => rule.EventPattern)).toEqual([
      {
        source: ['aws.guardduty'],
        'detail-type': ['GuardDuty Malware Protection Object Scan Result'],
        detail: { s3ObjectDetails: { bucketName: [name], objectKey: [{ prefix: 'candidates/' }] } },
      },
    ]);
    expect(gated.filledIn.Resources.UploadPermission).toBeUndefined();
    if (bucket === 'own bucket') {
      expect(notification(gated)).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } });
    }
    const variables = at(gated.filledIn.Resources.OnDashuploadLambdaFunction?.Properties, 'Environment', 'Variables');
    expect(variables).toMatchObject({ BUCKET: name, REQUIRE_SCAN: 'true' });
  }
});

test('the malware protection plan and its role are created only when the option asks for them', () => {
  const plans = (...words: readonly string[]) =>
    resourcesOf(shape(...words).filledIn, 'AWS::GuardDuty::MalwareProtectionPlan');
  expect(plans('own bucket', 'no scan')).toEqual([]);
  expect(plans('own bucket', 'scan by an existing plan')).toEqual([]);
  expect(shape('own bucket', 'scan by an existing plan').filledIn.Resources.ScanRole).toBeUndefined();
  expect(plans('existing bucket', 'scan by an own plan').map(([, own]) => own)).toEqual([
    {
      Role: 'arn:aws:iam::111122223333:role/ScanRole',
      ProtectedResource: { S3Bucket: { BucketName: 'acme-applications', ObjectPrefixes: ['candidates/'] } },
      Actions: { Tagging: { Status: 'ENABLED' } },
    },
  ]);
});

test('an event that on-upload could not process goes to the failure queue, whatever its source', () => {
  for (const one of shapes) {
    const [, asynchronous] =
      resourcesOf(one.filledIn, 'AWS::Lambda::EventInvokeConfig').find(([id]) => id.startsWith('OnDashupload')) ?? [];
    expect(asynchronous).toMatchObject({
      DestinationConfig: { OnFailure: { Destination: failureQueue } },
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 21600,
    });
    for (const rule of uploadRules(one)) {
      expect(at(rule, 'Targets', 0, 'DeadLetterConfig', 'Arn')).toBe(failureQueue);
      // Without this statement EventBridge would drop the event instead.
      expect(JSON.stringify(one.filledIn.Resources.FailureQueuePolicy)).toContain('events.amazonaws.com');
    }
  }
});

test('the failure queue is replayed only when replay is switched on', () => {
  const { filledIn } = shape('own bucket', 'no scan', 'plain');
  expect(filledIn.Resources.FailureReplay?.Properties).toMatchObject({ Enabled: false, EventSourceArn: failureQueue });
});

test('concurrency is reserved, except where the option says that the account cannot reserve any', () => {
  const reserved = (one: Shape) =>
    resourcesOf(one.filledIn, 'AWS::Lambda::Function').map(([id, own]) => [id, own.ReservedConcurrentExecutions]);
  expect(Object.fromEntries(reserved(shape('own bucket', 'plain')))).toMatchObject({
    OnDashuploadLambdaFunction: '8',
    OnDashscheduleLambdaFunction: '2',
    OnDashdemandLambdaFunction: '1',
    OnDashbatchLambdaFunction: '1',
  });
  for (const [, count] of reserved(shape('own bucket', 'no reservation'))) expect(count).toBeUndefined();
});

test('an e-mail address is subscribed to the alarms only when one is given', () => {
  expect(resourcesOf(shape('own bucket', 'plain').filledIn, 'AWS::SNS::Subscription')).toEqual([]);
  expect(resourcesOf(shape('own bucket', 'no reservation').filledIn, 'AWS::SNS::Subscription')).toEqual([
    [
      'AlarmEmail',
      {
        TopicArn: 'arn:aws:sns:eu-central-1:111122223333:cv-courier-dev-alarms',
        Protocol: 'email',
        Endpoint: 'on-call@example.com',
      },
    ],
  ]);
});

test('your own KMS key encrypts bucket, ledger and secret; without one no role mentions KMS', () => {
  const key = 'arn:aws:kms:eu-central-1:111122223333:key/5f1a2b3c-1111-2222-3333-444455556666';
  const { Resources } = shape('own bucket', 'key', 'plain').filledIn;
  expect(JSON.stringify(Resources.UploadBucket?.Properties?.BucketEncryption)).toContain(key);
  expect(at(Resources.LedgerTable?.Properties, 'SSESpecification', 'KMSMasterKeyId')).toBe(key);
  expect(Resources.KomboApiKey?.Properties?.KmsKeyId).toBe(key);
  expect(JSON.stringify(shape('own bucket', 'no key', 'plain').filledIn)).not.toContain('kms:');
});

test('the secret is created without a value', () => {
  const { filledIn } = shape('own bucket', 'plain');
  expect(Object.keys(filledIn.Resources.KomboApiKey?.Properties ?? {})).toEqual(['Description']);
  expect(at(filledIn.Outputs?.FillApiKey, 'Value')).toContain('put-secret-value');
});

test('the schedule starts on-schedule every five minutes, by a rule that needs no role', () => {
  const { filledIn } = shape('existing bucket', 'plain');
  const arnOf = (name: string) => `arn:aws:lambda:eu-central-1:111122223333:function:cv-courier-dev-${name}`;
  const rules = resourcesOf(filledIn, 'AWS::Events::Rule').filter(
    ([, own]) =>
      own.ScheduleExpression !== undefined &&
      deliveredFunctions.some((name) => at(own, 'Targets', 0, 'Arn') === arnOf(name)),
  );
  expect(rules.map(([, own]) => own)).toEqual([
    {
      ScheduleExpression: 'rate(5 minutes)',
      State: 'ENABLED',
      Targets: [
        {
          Arn: 'arn:aws:lambda:eu-central-1:111122223333:function:cv-courier-dev-on-schedule',
          Id: 'on-scheduleSchedule',
        },
      ],
    },
  ]);
});
