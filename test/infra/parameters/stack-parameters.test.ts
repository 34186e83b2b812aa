import { expect, test } from 'vitest';
import { parameterFaults } from '../../../infra/parameters/faults.ts';
import { defaults, options } from '../../../infra/parameters/options.ts';
import { parameterName, stackParameters, templateParameters } from '../../../infra/parameters/stack-parameters.ts';
import { deliveredFunctions } from '../template/service.ts';
import { valueFaults } from '../template/set-parameters.ts';
import type { JsonObject, Template } from '../template/template.ts';

const template: Template = {
  Parameters: templateParameters(options) as { readonly [name: string]: JsonObject },
  Resources: {},
};

/** CloudFormation's fault with a value of an option. */
const refusedByTemplate = (name: string, value: string): readonly string[] =>
  valueFaults(template, { [parameterName(options.find((option) => option.name === name) ?? { name })]: value });

const good = { ...defaults, komboIntegrationId: 'greenhouse:8d1hpPsbjxUkoCoa1veLZGe5' };
const refusedAtPackaging = (name: string, value: string): readonly string[] =>
  parameterFaults({ ...good, [name]: value }, deliveredFunctions);

test('CloudFormation accepts every default', () => {
  expect(valueFaults(template, {})).toEqual([]);
});

test('each option that can be a CloudFormation parameter is one; the key templates are written into the template', () => {
  const atPackaging = options.filter(({ packaging }) => packaging).map(({ name }) => name);
  expect(atPackaging).toEqual(['keyTemplates', 'tags']);
  expect(Object.keys(templateParameters())).toEqual(stackParameters().map(({ ParameterKey }) => ParameterKey));
  expect(Object.keys(templateParameters())).toHaveLength(options.length - 2);
});

test.each(options.map((option) => [option.name, option] as const))(
  'the option %s has a sentence about its meaning and one about its form, and a valid default',
  (_, { description, must, default: byDefault, mayBeEmpty }) => {
    expect(description).toMatch(/^.{20,}\.( See infra\/README\.md\.)?$/);
    expect(must).toMatch(/^.{5,}[^.]$/);
    if (byDefault === '') expect(mayBeEmpty).toBe(true);
  },
);

test.each([
  ['komboBaseUrl', 'mars'],
  ['komboBaseUrl', 'http://127.0.0.1:4000'],
  ['komboIntegrationId', 'greenhouse'],
  ['maxBytes', '10MB'],
  ['maxBytes', '0'],
  ['transfer', 'url'],
  ['onUnknown', ''],
  ['remoteFields', '[1]'],
  ['komboTimeoutSeconds', '300'],
  ['sweepSince', 'yesterday'],
  ['existingBucket', 's3://acme-cvs'],
  ['existingBucket', 'a'.repeat(64)],
  ['bucketName', 'Acme'],
  ['cvRetentionDays', '29'],
  ['scan', 'true'],
  ['outcomeBus', ''],
  ['outcomeBus', 'arn:aws:events:eu-central-1:111122223333:rule/hiring'],
  ['kmsKeyArn', 'alias/cvs'],
  ['alarmEmail', 'a@example.com,b@example.com'],
  ['logRetentionDays', '91'],
  ['memoryMb', '127'],
  ['reserveConcurrency', 'off'],
  ['uploadConcurrency', '26'],
  ['vpcSubnetIds', 'subnet-0a1b2c3d,vpc-1'],
  ['vpcSecurityGroupIds', 'sg-'],
  ['permissionsBoundaryArn', 'arn:aws:iam::111122223333:role/x'],
  ['existingSecretArn', 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:kombo'],
  ['existingAlarmTopicArn', 'on-call'],
  ['kmsKeyForLogs', 'yes'],
  ['oldestWaitingSeconds', '60'],
  ['heldAlarmAbove', '1000'],
  ['tags', 'hiring'],
  ['komboBaseUrl', 'https://user:secret@kombo.example.com'],
  ['komboBaseUrl', 'https://kombo.example.com/v1\u00a0'],
  ['komboBaseUrl', 'https://[::1'],
  ['allowedTypes', 'pdf docx'],
  ['allowedTypes', 'image/svg+xml'],
  ['allowedTypes', ' , '],
  ['sweepSince', '2026-01-31x'],
  ['sweepSince', '2026-13-01'],
  ['sweepSince', '2026-01-31T25:00:00Z'],
  ['existingBucket', 'acme..cvs'],
  ['existingBucket', '192.168.5.4'],
  ['existingBucket', 'xn--acme'],
  ['existingBucket', 'acme-cvs-s3alias'],
  ['bucketName', 'acme--table-s3'],
])('the template refuses %s = "%s", as packaging does', (name, value) => {
  const sentence = expect.stringMatching(new RegExp(`^Parameter ${name} .+\\.$`));
  expect(refusedAtPackaging(name, value)).toContainEqual(sentence);
  expect(refusedByTemplate(name, value)).toHaveLength(1);
});

test.each([
  ['komboBaseUrl', 'https://kombo.example.com/v1/'],
  ['komboIntegrationId', 'lever:CBNMt7dSNCzBdnRTx87dev4E'],
  ['remoteFields', '{"workable":{"on_behalf_of_user_remote_id":"7"}}'],
  ['existingBucket', 'acme.cvs-2026'],
  ['existingBucket', '192.168.5'],
  ['komboBaseUrl', 'https://kombo.example.com:8443'],
  ['allowedTypes', 'pdf,,DOCX,'],
  ['sweepSince', '2026-01-31T08:00:00+01:00'],
  ['kmsKeyArn', 'arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/mrk-1234567890abcdef1234567890abcdef'],
  ['outcomeBus', 'arn:aws-cn:events:cn-north-1:111122223333:event-bus/hiring'],
  ['alarmEmail', 'on-call@example.com'],
  ['allowedTypes', '.PDF, text/csv'],
  ['logRetentionDays', '1096'],
  ['permissionsBoundaryArn', 'arn:aws:iam::aws:policy/PowerUserAccess'],
  ['existingSecretArn', 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:kombo/prod-AbCdEf'],
  ['existingAlarmTopicArn', 'arn:aws-cn:sns:cn-north-1:111122223333:on-call'],
  ['tags', 'team=hiring,cost-center=,e-mail=équipe+cvs@example.com,formula=a=b'],
])('the template accepts %s = "%s", as packaging does', (name, value) => {
  expect(refusedAtPackaging(name, value)).toEqual([]);
  expect(refusedByTemplate(name, value)).toEqual([]);
});

test("the template's refusal of a value says what the value must be", () => {
  expect(refusedByTemplate('maxBytes', '0')).toEqual(['MaxBytes must be a whole number from 1 to 104857600.']);
});
