import { expect, onTestFinished, test } from 'vitest';
import { deployed } from './template/deployed.ts';
import { osls, serviceFolder } from './template/package.ts';
import { roleStatements } from './template/statements.ts';
import { at, resourcesOf, type Template } from './template/template.ts';

const key = 'arn:aws:kms:eu-central-1:111122223333:key/5f1a2b3c-1111-2222-3333-444455556666';
const secret = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:kombo/prod-AbCdEf';
const topic = 'arn:aws:sns:eu-central-1:111122223333:on-call';

test('with the VPC option every function runs in the given subnets and security groups; without it none is in a VPC', async () => {
  const template = await deployed({
    vpcSubnetIds: 'subnet-0a1b2c3d,subnet-0a1b2c3e',
    vpcSecurityGroupIds: 'sg-0a1b2c3d',
  });
  const inVpc = resourcesOf(template, 'AWS::Lambda::Function').map(([, own]) => own.VpcConfig);
  expect(inVpc).toHaveLength(4);
  for (const config of inVpc)
    expect(config).toEqual({ SubnetIds: ['subnet-0a1b2c3d', 'subnet-0a1b2c3e'], SecurityGroupIds: ['sg-0a1b2c3d'] });
  const outside = await deployed({});
  for (const [, own] of resourcesOf(outside, 'AWS::Lambda::Function')) expect(own.VpcConfig).toBeUndefined();
  expect(JSON.stringify(outside)).not.toContain('ec2:');
});

test('every role has the permissions boundary, including the roles of AWS services', async () => {
  const boundary = 'arn:aws:iam::111122223333:policy/workloads';
  const options = { scan: 'create-plan', outcomeBus: 'default' };
  const bounded = resourcesOf(await deployed({ ...options, permissionsBoundaryArn: boundary }), 'AWS::IAM::Role');
  expect(bounded.map(([id]) => id).sort()).toEqual(
    [
      'BatchRole',
      'OnBatchRole',
      'OnDemandRole',
      'OnScheduleRole',
      'OnUploadRole',
      'OutcomePipeRole',
      'ScanRole',
    ].sort(),
  );
  for (const [, own] of bounded) expect(own.PermissionsBoundary).toBe(boundary);
  for (const [, own] of resourcesOf(await deployed(options), 'AWS::IAM::Role'))
    expect(own.PermissionsBoundary).toBeUndefined();
});

test('an existing secret is read, and the stack creates none of its own', async () => {
  const template = await deployed({ existingSecretArn: secret });
  expect(resourcesOf(template, 'AWS::SecretsManager::Secret')).toEqual([]);
  for (const [, own] of resourcesOf(template, 'AWS::Lambda::Function')) {
    expect(at(own, 'Environment', 'Variables', 'KOMBO_API_KEY_SECRET')).toBe(secret);
    const role = String(own.Role).split('/').at(-1) ?? '';
    const reading = roleStatements(template, role).filter(({ actions }) =>
      actions.includes('secretsmanager:GetSecretValue'),
    );
    expect(reading.map(({ resources }) => resources)).toEqual([[secret]]);
  }
  // It would overwrite other content of an existing secret.
  expect(template.Outputs?.FillApiKey).toBeUndefined();
});

test('every alarm and on-demand use an existing topic, and the stack creates none of its own', async () => {
  const template = await deployed({
    existingAlarmTopicArn: topic,
    alarmEmail: 'on-call@example.com',
    attachWithinSeconds: '600',
    outcomeBus: 'default',
  });
  expect(resourcesOf(template, 'AWS::SNS::Topic')).toEqual([]);
  expect(resourcesOf(template, 'AWS::SNS::TopicPolicy')).toEqual([]);
  const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm');
  expect(alarms).toHaveLength(19);
  for (const [, own] of alarms) expect(own.AlarmActions).toEqual([topic]);
  expect(template.Resources.AlarmEmail?.Properties).toMatchObject({ TopicArn: topic });
  expect(template.Outputs?.AlarmTopicArn?.Value).toBe(topic);
  const looking = roleStatements(template, 'OnDemandRole').filter(({ actions }) =>
    actions.includes('sns:GetTopicAttributes'),
  );
  expect(looking.map(({ resources }) => resources)).toEqual([[topic]]);
});

test("the KMS key encrypts the functions' environment, and logs only when kmsKeyForLogs asks for it", async () => {
  const keysIn = (template: Template) => ({
    environment: resourcesOf(template, 'AWS::Lambda::Function').map(([, own]) => own.KmsKeyArn),
    logs: resourcesOf(template, 'AWS::Logs::LogGroup').map(([, own]) => own.KmsKeyId),
  });
  const four = (value: string | undefined) => [value, value, value, value];
  expect(keysIn(await deployed({}))).toEqual({ environment: four(undefined), logs: four(undefined) });
  expect(keysIn(await deployed({ kmsKeyArn: key }))).toEqual({ environment: four(key), logs: four(undefined) });
  expect(keysIn(await deployed({ kmsKeyArn: key, kmsKeyForLogs: 'true' }))).toEqual({
    environment: four(key),
    logs: four(key),
  });
});

test('the KMS key encrypts queues and topic only with kmsKeyForMessages, and every service that writes there may use it', async () => {
  const outcomeBus = 'default';
  const keysIn = (template: Template) => [
    ...resourcesOf(template, 'AWS::SQS::Queue').map(([id, own]) => [id, own.KmsMasterKeyId, own.SqsManagedSseEnabled]),
    ...resourcesOf(template, 'AWS::SNS::Topic').map(([id, own]) => [id, own.KmsMasterKeyId]),
  ];
  const writers = (template: Template) =>
    resourcesOf(template, 'AWS::IAM::Role')
      .map(([id]) => id)
      .filter((role) =>
        roleStatements(template, role).some(
          ({ actions, resources, raw }) =>
            actions.includes('kms:GenerateDataKey') &&
            resources.includes(key) &&
            at(raw, 'Condition', 'StringEquals', 'kms:ViaService') === 'sqs.eu-central-1.amazonaws.com',
        ),
      );
  const without = await deployed({ outcomeBus, kmsKeyArn: key });
  expect(keysIn(without).toSorted()).toEqual([
    ['AlarmTopic', undefined],
    ['FailureQueue', undefined, true],
    ['OutcomeQueue', undefined, true],
  ]);
  expect(writers(without)).toEqual([]);
  const asked = await deployed({ outcomeBus, kmsKeyArn: key, kmsKeyForMessages: 'true' });
  expect(keysIn(asked).toSorted()).toEqual([
    ['AlarmTopic', key],
    ['FailureQueue', key, undefined],
    ['OutcomeQueue', key, undefined],
  ]);
  expect(writers(asked).toSorted()).toEqual(['OnUploadRole', 'OutcomePipeRole']);
});

test('the thresholds of alarms are options, and the texts of the alarms name them', async () => {
  const template = await deployed({ heldAlarmAbove: '5', rejectedAlarmAbove: '20', oldestWaitingSeconds: '7200' });
  const of = (id: string) => {
    const own = template.Resources[id]?.Properties ?? {};
    return [own.Threshold, String(own.AlarmDescription).split('\n')[0]];
  };
  expect(of('HeldAlarm')).toEqual(['5', expect.stringMatching(/On while more than 5 are held\.$/)]);
  expect(of('RejectedAlarm')).toEqual(['20', expect.stringMatching(/On while they are more than 20\.$/)]);
  expect(of('OldestWaitingAlarm')).toEqual(['7200', expect.stringContaining('more than 7200 s ago')]);
});

test('only the canary gives on-schedule, and no other function, the right to encrypt an object under a key', async () => {
  const keyTemplates = 'candidates/{candidate_id}/{filename}|canary/{integration_id}/{candidate_id}/{filename}';
  const canaryKey = 'canary/sandbox:8d1hpPsbjxUkoCoa1veLZGe5/GRK1/canary.pdf';
  const encrypting = async (options: Readonly<Record<string, string>>) => {
    const template = await deployed({ keyTemplates, ...options });
    return resourcesOf(template, 'AWS::IAM::Role').flatMap(([role]) =>
      roleStatements(template, role).flatMap(({ actions, resources, raw }) =>
        actions.includes('kms:GenerateDataKey') && JSON.stringify(raw).includes('"s3.') ? [[role, ...resources]] : [],
      ),
    );
  };
  expect(await encrypting({ kmsKeyArn: key })).toEqual([]);
  expect(await encrypting({ canaryKey })).toEqual([]);
  expect(await encrypting({ canaryKey, kmsKeyArn: key })).toEqual([['OnScheduleRole', key]]);
});

test('the stack has the configured tags beside service and stage, and CloudFormation passes them to its resources', async () => {
  const { folder, remove } = await serviceFolder();
  onTestFinished(remove);
  const tags = '--param=tags=team=hiring,cost-center=42';
  const { exitCode, output } = await osls(folder, 'print', tags, '--path=provider.stackTags', '--format=json');
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(output)).toEqual({ service: 'cv-courier', stage: 'dev', team: 'hiring', 'cost-center': '42' });
});
