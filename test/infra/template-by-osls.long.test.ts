import { expect, test } from 'vitest';
import type { Parameters } from '../../infra/parameters/faults.ts';
import { packageTemplate, packageWithOsls } from './template/package.ts';
import { setParameters } from './template/set-parameters.ts';

const integration = { komboIntegrationId: 'greenhouse:8d1hpPsbjxUkoCoa1veLZGe5' };

/** Other tests set the parameters in process. Here osls packages the same options itself, to show that the results are equal. */
const sets: Readonly<Record<string, Parameters>> = {
  'own bucket, nothing else': {},
  'existing bucket, own scan, key, network, boundary, events': {
    existingBucket: 'acme-applications',
    scan: 'create-plan',
    kmsKeyArn: 'arn:aws:kms:eu-central-1:111122223333:key/5f1a2b3c-1111-2222-3333-444455556666',
    kmsKeyForLogs: 'true',
    vpcSubnetIds: 'subnet-0a1b2c3d,subnet-0a1b2c3e',
    vpcSecurityGroupIds: 'sg-0a1b2c3d',
    permissionsBoundaryArn: 'arn:aws:iam::111122223333:policy/workloads',
    outcomeBus: 'default',
  },
  'several folders, existing plan, topic and secret, links, logs for three years': {
    keyTemplates: 'new cvs/{candidate_id}/{filename}|to/{integration_id}/{application_id}/{filename}',
    scan: 'existing-plan',
    existingSecretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:kombo/prod-AbCdEf',
    existingAlarmTopicArn: 'arn:aws:sns:eu-central-1:111122223333:on-call',
    transfer: 'data_url',
    logRetentionDays: '1096',
    tags: 'team=hiring',
  },
};

/** The folder of the zips is named after the moment of packaging. */
const withoutTime = (template: unknown): unknown =>
  JSON.parse(JSON.stringify(template).replaceAll(/\d{13}-[0-9T:.-]+Z/g, 'TIME'));

test.each(Object.entries(sets))('osls packages the same stack that the other tests check: %s', async (_, options) => {
  const { osls, passed } = await packageWithOsls({ ...integration, ...options });
  const checked = await packageTemplate({ ...integration, ...options });
  expect(withoutTime(setParameters(osls, passed))).toEqual(withoutTime(checked));
});
