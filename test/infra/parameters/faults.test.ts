import { describe, expect, test } from 'vitest';
import { missingOptions, parameterFaults } from '../../../infra/parameters/faults.ts';
import { defaults, options } from '../../../infra/parameters/options.ts';
import { settings } from '../../../lib/config/settings.ts';
import { createLoad } from '../../../lib/kombo/load.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { deliveredFunctions } from '../template/service.ts';

/** The values of a stage that sets only its integration. */
const good: Record<string, string> = { ...defaults, komboIntegrationId: 'greenhouse:8d1hpPsbjxUkoCoa1veLZGe5' };

const faultsOf = (values: Record<string, string>) => parameterFaults(values, deliveredFunctions);
const faults = (changes: Record<string, string>) => faultsOf({ ...good, ...changes });

test('with the defaults, a stage needs only an integration', () => {
  expect(faultsOf(good)).toEqual([]);
  expect(faultsOf({ ...defaults })).toEqual([
    'Parameter komboIntegrationId is empty, and the key template "candidates/{candidate_id}/{filename}" has no {integration_id}: give <tool>:<id> as the Kombo dashboard shows it.',
  ]);
});

test('the integration may be left out when every key contains its own', () => {
  const own = 'to/{integration_id}/{candidate_id}/{filename}';
  expect(faults({ komboIntegrationId: '', keyTemplates: own })).toEqual([]);
  expect(faults({ komboIntegrationId: '', keyTemplates: `${own}|cvs/{candidate_id}/{filename}` })).toEqual([
    'Parameter komboIntegrationId is empty, and the key template "cvs/{candidate_id}/{filename}" has no {integration_id}: give <tool>:<id> as the Kombo dashboard shows it.',
  ]);
});

test("the functions may have Lambda's minimum of memory", () => {
  expect(faults({ memoryMb: '128' })).toEqual([]);
});

describe('invalid values of parameters', () => {
  test.each([
    ['komboBaseUrl', 'eu-central-1'],
    ['komboIntegrationId', ':8d1hpPsbjxUkoCoa1veLZGe5'],
    ['keyTemplates', 'candidates/{candidate}/{filename}'],
    ['keyTemplates', ''],
    ['allowedTypes', 'pdf;docx'],
    ['onUnknown', 'retry'],
    ['sweepEveryMinutes', '4'],
    ['sweepEveryMinutes', '1441'],
    ['ledgerRetentionDays', '0'],
    ['existingBucket', 'My_Bucket'],
    ['existingBucket', 'arn:aws:s3:::acme-cvs'],
    ['existingBucket', 'acme-cvs/candidates'],
    ['existingBucket', 'ab'],
    ['keyTemplates', 'cvs*/{candidate_id}/{filename}'],
    ['keyTemplates', 'cvs?/{candidate_id}/{filename}'],
    ['keyTemplates', '${ssm:/templates}'],
    ['outcomeBus', 'on'],
    ['outcomeBus', 'hiring'],
    ['kmsKeyArn', 'arn:aws:kms:eu-central-1:111122223333:alias/cvs'],
    ['alarmEmail', 'on-call'],
    ['canaryKey', 'canary/greenhouse:8d1hpPsbjxUkoCoa1veLZGe5/GRK1/canary.pdf'],
    ['canaryKey', 'canary/sandbox:8d1hpPsbjxUkoCoa1veLZGe5/GRK1/'],
    ['canaryKey', 'canary/sandbox:8d1hpPsbjxUkoCoa1veLZGe5/GRK1/*.pdf'],
    ['tags', '=hiring'],
    ['tags', 'aws:team=hiring'],
    ['tags', 'équipe=hiring'],
    ['tags', 'team=<hiring>'],
    ['tags', 'team=hiring,team=sales'],
    ['tags', Array.from({ length: 49 }, (_, index) => `t${index}=x`).join(',')],
    ['attachWithinSeconds', '10m'],
    ['attachWithinSeconds', '86401'],
    ['uploadConcurrency', '0'],
    ['batchConcurrency', '-1'],
    ['demandConcurrency', '1.5'],
  ])('an invalid value is refused with the name of its parameter: %s = %s', (name, value) => {
    const found = faults({ [name]: value });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^Parameter ${name} .+\\.$`));
  });
});

test('more than 25 concurrent instances are refused, with the sum and the reason', () => {
  expect(faults({ uploadConcurrency: '21' })).toEqual([]);
  expect(faults({ uploadConcurrency: '22' })).toEqual([
    'Parameters uploadConcurrency 22, scheduleConcurrency 2, demandConcurrency 1, batchConcurrency 1 make 26 concurrent instances; they must stay within 25, because each makes at least one call, and Kombo allows at most 30 concurrent calls per integration.',
  ]);
});

test("the shares of the instances stay within Kombo's limit in every distribution over the functions", () => {
  for (let upload = 1; upload <= 21; upload += 1) {
    expect(faults({ uploadConcurrency: String(upload) })).toEqual([]);
    const instances = settings.callingInstances.parse(`${upload}+2+1+1`);
    expect(instances * createLoad(manualClock(0), instances).share('greenhouse:one')).toBeLessThanOrEqual(25);
  }
});

test('a misspelt parameter is refused, with the nearest name that exists', () => {
  expect(faults({ alarmMail: 'on-call@example.com' })).toEqual([
    'Parameter alarmMail is unknown. Did you mean alarmEmail?',
  ]);
  expect(faults({ KomboBaseURL: 'eu' })).toEqual(['Parameter KomboBaseURL is unknown. Did you mean komboBaseUrl?']);
});

test('a setting without an option is refused by the name of its parameter', () => {
  const known = options.filter(({ name }) => name !== 'maxBytes');
  expect(missingOptions(deliveredFunctions)).toEqual([]);
  expect(missingOptions(deliveredFunctions, known)).toEqual([
    'Parameter maxBytes does not exist: add it to infra/parameters/options.ts; the functions read it as MAX_BYTES.',
  ]);
});

test('a function without a concurrency is refused by the name of the parameter that it lacks', () => {
  expect(missingOptions([...deliveredFunctions, 'on-event-bridge'])).toEqual([
    'Parameter eventBridgeConcurrency does not exist: add it to infra/parameters/options.ts; it limits the concurrent instances of on-event-bridge.',
  ]);
});

test('subnets without security groups are refused, and security groups without subnets', () => {
  const sentence =
    'Only one of the parameters vpcSubnetIds and vpcSecurityGroupIds is set: a function in a VPC needs both, so set the other one too, or neither.';
  expect(faults({ vpcSubnetIds: 'subnet-0a1b2c3d' })).toEqual([sentence]);
  expect(faults({ vpcSecurityGroupIds: 'sg-0a1b2c3d' })).toEqual([sentence]);
  expect(faults({ vpcSubnetIds: 'subnet-0a1b2c3d,subnet-0a1b2c3e', vpcSecurityGroupIds: 'sg-0a1b2c3d' })).toEqual([]);
});

test('encrypted logs and messages are refused without a key', () => {
  expect(faults({ kmsKeyForMessages: 'true' })).toEqual([
    'Parameter kmsKeyForMessages is true, and kmsKeyArn is empty: set the key, or remove kmsKeyForMessages.',
  ]);
  expect(faults({ kmsKeyForLogs: 'true' })).toEqual([
    'Parameter kmsKeyForLogs is true, and kmsKeyArn is empty: set the key, or remove kmsKeyForLogs.',
  ]);
});

test('a name for the own bucket is refused while an existing one is watched', () => {
  expect(faults({ bucketName: 'acme-cvs' })).toEqual([]);
  expect(faults({ bucketName: 'acme-cvs', existingBucket: 'acme-applications' })[0]).toContain(
    'Parameters existingBucket and bucketName are both set',
  );
});

test.each(['http://127.0.0.1:4000', 'HTTP://localhost:4000', 'http://api.kombo.dev/v1'])(
  'a base URL that is not encrypted is refused for the stack (%s)',
  (komboBaseUrl) => {
    expect(faults({ komboBaseUrl })).toEqual([
      `Parameter komboBaseUrl is "${komboBaseUrl}"; it must be eu, us or an https URL: http:// is only for a local stack, which functions on AWS cannot reach.`,
    ]);
  },
);

test('a parameter that may be left out may be empty', () => {
  const empty = { remoteFields: '', existingBucket: '', sweepSince: '', kmsKeyArn: '', alarmEmail: '' };
  expect(faults(empty)).toEqual([]);
});

test.each([
  ...['komboBaseUrl', 'transfer', 'onUnknown', 'komboTimeoutSeconds', 'keyTemplates', 'maxBytes'],
  ...['allowedTypes', 'scan', 'cvRetentionDays', 'ledgerRetentionDays', 'logRetentionDays', 'memoryMb'],
  'sweepEveryMinutes',
  'attachWithinSeconds',
  ...['reserveConcurrency', 'uploadConcurrency', 'scheduleConcurrency', 'batchConcurrency', 'demandConcurrency'],
])('a parameter that must have a value is refused when it is empty (%s)', (name) => {
  expect(faults({ [name]: '' })).toHaveLength(1);
});

test('more than five folders cannot be scanned by one plan', () => {
  const keyTemplates = ['a', 'b', 'c', 'd', 'e', 'f'].map((folder) => `${folder}/{candidate_id}/{filename}`).join('|');
  expect(faults({ keyTemplates })).toEqual([]);
  expect(faults({ keyTemplates, scan: 'create-plan' })).toEqual([
    'Parameter keyTemplates starts in more than 5 folders; with scan create-plan GuardDuty allows at most 5.',
  ]);
});

test('too many folders for the pattern of an EventBridge rule are refused when the stack has such a rule', () => {
  const templates = (count: number) =>
    Array.from({ length: count }, (_, n) => `branch-office-${n}/{candidate_id}/{filename}`).join('|');
  const [many, tooMany] = [templates(50), templates(60)];
  for (const rule of [{ existingBucket: 'acme-cvs' }, { scan: 'existing-plan' }]) {
    expect(faults({ keyTemplates: many, ...rule })).toEqual([]);
    expect(faults({ keyTemplates: tooMany, ...rule })).toMatchObject([
      expect.stringMatching(/^Parameter keyTemplates starts in 60 folders, .* put them into one common folder\.$/),
    ]);
  }
  expect(faults({ keyTemplates: tooMany })).toEqual([]);
});

test('settings that do not fit into the environment of a function are refused before AWS would refuse them', () => {
  const remoteFields = JSON.stringify({ note: 'x'.repeat(2800) });
  expect(faults({ remoteFields })).toEqual([]);
  const tooLong = JSON.stringify({ note: 'x'.repeat(3000) });
  const [fault, ...others] = faults({ remoteFields: tooLong });
  const [, total] =
    /^Parameter remoteFields has 3011 bytes, and all parameters of the functions together have (\d+); they must stay within 3000, because AWS limits a function's environment\.$/.exec(
      fault ?? '',
    ) ?? [];
  // The other variables have 133 bytes; each later setting adds those of its default.
  expect(Number(total)).toBeGreaterThanOrEqual(3144);
  expect(others).toEqual([]);
});

test('a value that osls still has to resolve is not checked', () => {
  expect(faults({ alarmEmail: '${ssm:/on-call/email}' })).toEqual([]);
  expect(faults({ tags: 'team=${env:TEAM}' })).toEqual([]);
});

test('all faults of parameters are reported together', () => {
  expect(faults({ komboBaseUrl: 'mars', scan: 'yes', memoryMb: 'much' })).toHaveLength(3);
});

test('a canary needs a key template that reads the integration from its key', () => {
  const canaryKey = 'canary/sandbox:8d1hpPsbjxUkoCoa1veLZGe5/GRK1/canary.pdf';
  const named = 'candidates/{candidate_id}/{filename}|canary/{integration_id}/{candidate_id}/{filename}';
  expect(faults({ canaryKey, keyTemplates: named })).toEqual([]);
  expect(faults({ canaryKey })).toEqual([
    'Parameter canaryKey matches no key template, so its file would never be sent. Add canary/{integration_id}/{candidate_id}/{filename} to the key templates, or correct the key.',
  ]);
  expect(faults({ canaryKey, keyTemplates: named, allowedTypes: 'docx' })).toEqual([
    'Parameter canaryKey names a PDF file, which is not an allowed type. Add pdf to the allowed types.',
  ]);
});
