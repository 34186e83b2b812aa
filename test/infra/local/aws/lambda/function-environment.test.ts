import { expect, test } from 'vitest';
import { functionEnvironment } from '../../../../../infra/local/aws/lambda/function-environment.ts';
import { readSettings } from '../../../../../lib/config/config.ts';

const place = {
  bucket: 'cvs',
  table: 'ledger',
  region: 'eu-central-1',
  s3Url: 'http://127.0.0.1:4570',
  dynamodbUrl: 'http://127.0.0.1:4571',
  komboUrl: 'http://127.0.0.1:4572/v1',
  komboApiKey: 'ks_dev_local',
  integrationId: 'sandbox:CvCourierSandboxAAAAAAAA',
};

test('the environment of the local functions is a complete configuration with waits of seconds', () => {
  expect(readSettings(functionEnvironment(place, {}))).toMatchObject({
    bucket: 'cvs',
    komboBaseUrl: 'http://127.0.0.1:4572/v1',
    s3ForcePathStyle: true,
    retryBaseMs: 2_000,
    readBackAfterMs: 3_000,
    readBackAgainMs: 5_000,
  });
});

test('the lease of the local functions is longer than the minute that a function may run', () => {
  expect(readSettings(functionEnvironment(place, {})).leaseMs).toBeGreaterThan(60_000);
});

test('settings of the shell apply to the local functions', () => {
  const env = functionEnvironment(place, { TRANSFER: 'data_url', RETRY_BASE_SECONDS: '0.5', MAX_BYTES: ' ' });
  expect(env).toMatchObject({ TRANSFER: 'data_url', RETRY_BASE_SECONDS: '0.5' });
  expect(env).not.toHaveProperty('MAX_BYTES');
});

test('no variable of the shell makes the local functions connect to another machine', () => {
  const env = functionEnvironment(place, {
    BUCKET: 'production-cvs',
    LEDGER_TABLE: 'production',
    KOMBO_BASE_URL: 'eu',
    KOMBO_API_KEY: 'ks_prod_real',
    KOMBO_API_KEY_SECRET: 'production/kombo',
    S3_FORCE_PATH_STYLE: 'false',
    AWS_PROFILE: 'production',
    ALARM_TOPIC: 'arn:aws:sns:eu-central-1:111122223333:cv-courier-prod-alarms',
    AWS_ACCESS_KEY_ID: 'AKIAREAL',
    AWS_SESSION_TOKEN: 'real',
    AWS_ENDPOINT_URL: 'https://example.com',
    HTTPS_PROXY: 'http://proxy.example.com',
    NODE_OPTIONS: '--inspect',
  });
  expect(env).toMatchObject({
    BUCKET: 'cvs',
    LEDGER_TABLE: 'ledger',
    KOMBO_BASE_URL: 'http://127.0.0.1:4572/v1',
    KOMBO_API_KEY: 'ks_dev_local',
    KOMBO_API_KEY_SECRET: '',
    ALARM_TOPIC: '',
    S3_FORCE_PATH_STYLE: 'true',
    AWS_ACCESS_KEY_ID: 'LOCAL',
  });
  for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_ENDPOINT_URL', 'HTTPS_PROXY', 'NODE_OPTIONS']) {
    expect(env).not.toHaveProperty(name);
  }
});
