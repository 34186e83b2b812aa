import { describe, expect, test } from 'vitest';
import { ConfigurationError, readSettings } from '../../../lib/config/config.ts';
import { settings } from '../../../lib/config/settings.ts';

const least = {
  BUCKET: 'cv-inbox',
  LEDGER_TABLE: 'ledger',
  KOMBO_API_KEY_SECRET: 'prod/kombo',
  KOMBO_INTEGRATION_ID: 'greenhouse:CBNMt7dSNCzBdnRTx87dev4E',
} as const;

const problemsOf = (env: Record<string, string | undefined>): readonly string[] => {
  try {
    readSettings(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
};

describe('required settings', () => {
  test('few settings are required: everything else has a default', () => {
    expect(readSettings(least)).toMatchObject({
      bucket: 'cv-inbox',
      ledgerTable: 'ledger',
      komboBaseUrl: 'https://api.kombo.dev/v1',
      komboApiKeySecret: 'prod/kombo',
      komboApiKey: undefined,
      integrationId: 'greenhouse:CBNMt7dSNCzBdnRTx87dev4E',
      maxBytes: 10_000_000,
      transfer: 'data',
      requireScan: false,
      onUnknown: 'read-back',
      remoteFields: {},
      sweepSince: undefined,
      sweepEveryMs: 3_600_000,
      ledgerRetentionDays: 400,
      komboTimeoutMs: 240_000,
      leaseMs: 420_000,
      retryBaseMs: 30_000,
      readBackAfterMs: 60_000,
      readBackAgainMs: 900_000,
      s3ForcePathStyle: false,
    });
  });

  test.each(['BUCKET', 'LEDGER_TABLE', 'KOMBO_API_KEY_SECRET', 'KOMBO_INTEGRATION_ID'])(
    'a missing %s is named',
    (name) => {
      const problems = problemsOf({ ...least, [name]: undefined });
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(new RegExp(`^${name} is not set`));
    },
  );

  test('a variable with only spaces counts as not set', () => {
    expect(problemsOf({ ...least, BUCKET: '  ' })[0]).toMatch(/^BUCKET is not set/);
  });

  test('KOMBO_INTEGRATION_ID is not required when every template names an integration', () => {
    const env = {
      ...least,
      KOMBO_INTEGRATION_ID: undefined,
      KEY_TEMPLATES: '{integration_id}/{candidate_id}/{filename}',
    };
    expect(problemsOf(env)).toEqual([]);
  });

  test('all problems of the settings are reported together', () => {
    const problems = problemsOf({});
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'BUCKET',
      'LEDGER_TABLE',
      'KOMBO_API_KEY_SECRET',
      'KOMBO_INTEGRATION_ID',
    ]);
    expect(() => readSettings({})).toThrow(/The configuration is invalid:\n- BUCKET is not set/);
  });
});

describe('a wrong value is named with its variable:', () => {
  test.each([
    ['BUCKET', 'My Bucket', 'is not a bucket name'],
    ['BUCKET', 'ab', 'is not a bucket name'],
    ['KOMBO_BASE_URL', 'asia', 'it must be eu, us, or a URL'],
    ['KOMBO_BASE_URL', 'http://api.kombo.dev/v1', 'https://'],
    ['KOMBO_BASE_URL', 'https://user:word@api.kombo.dev', 'user name or password'],
    ['KOMBO_INTEGRATION_ID', 'CBNMt7dSNCzBdnRTx87dev4E', '<tool>:<id>'],
    ['KEY_TEMPLATES', 'candidates/{filename}', 'candidate_id'],
    ['KEY_TEMPLATES', 'candidates/{candidate_id}', 'filename'],
    ['KEY_TEMPLATES', 'a/{candidate_id}/{filename}||', 'empty template'],
    ['MAX_BYTES', '10MB', 'whole number'],
    ['MAX_BYTES', '0', 'from 1 to'],
    ['MAX_BYTES', '104857601', 'to 104857600'],
    ['ALLOWED_TYPES', 'pdf,,exe!', 'ALLOWED_TYPES'],
    ['TRANSFER', 'link', 'data or data_url'],
    ['REQUIRE_SCAN', 'yes', 'true or false'],
    ['ON_UNKNOWN', 'retry', 'read-back or resend'],
    ['REMOTE_FIELDS', '{"greenhouse":', 'JSON object'],
    ['REMOTE_FIELDS', '[]', 'JSON object'],
    ['SWEEP_SINCE', 'yesterday', 'a date'],
    ['SWEEP_SINCE', '2026-13-45', 'a date'],
    ['LEDGER_RETENTION_DAYS', '0', 'from 1 to 3650'],
    ['KOMBO_TIMEOUT_SECONDS', '-1', 'seconds from'],
    ['LEASE_SECONDS', 'long', 'seconds from'],
    ['RETRY_BASE_SECONDS', '1e3', 'seconds from'],
    ['READ_BACK_AFTER_SECONDS', '99999', 'to 3600'],
    ['READ_BACK_AGAIN_SECONDS', '', undefined],
    ['S3_FORCE_PATH_STYLE', 'maybe', 'true or false'],
    ['CALLING_INSTANCES', '8+', 'several joined by "+"'],
    ['CALLING_INSTANCES', '0', 'from 1 to 1000'],
    ['CALLING_INSTANCES', '999+2', 'from 1 to 1000'],
  ])('%s=%s is accepted, or refused with the variable and the reason', (name, value, says) => {
    const problems = problemsOf({ ...least, [name]: value });
    if (says === undefined) return expect(problems).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(name);
    expect(problems[0]).toContain(says);
  });

  test('a problem with the API key does not repeat the key', () => {
    const problems = problemsOf({ ...least, KOMBO_API_KEY_SECRET: undefined, KOMBO_API_KEY: 'ks_prod_with a blank' });
    expect(problems).toEqual(['KOMBO_API_KEY contains blanks or characters that an API key cannot have.']);
  });

  test('two sources of the API key are refused', () => {
    expect(problemsOf({ ...least, KOMBO_API_KEY: 'ks_dev_local' })).toEqual([
      'KOMBO_API_KEY and KOMBO_API_KEY_SECRET are both set. Keep one of them.',
    ]);
  });
});

test.each([
  ['eu', 'https://api.kombo.dev/v1'],
  ['us', 'https://api.us.kombo.dev/v1'],
  ['https://kombo.example/v1/', 'https://kombo.example/v1'],
  ['http://127.0.0.1:4572/v1', 'http://127.0.0.1:4572/v1'],
  ['http://localhost:4572/v1', 'http://localhost:4572/v1'],
  ['http://[::1]:4572/v1', 'http://[::1]:4572/v1'],
])('KOMBO_BASE_URL=%s means %s', (given, expected) => {
  expect(readSettings({ ...least, KOMBO_BASE_URL: given }).komboBaseUrl).toBe(expected);
});

test('waits may be fractions of a second, so that a check does not have to wait', () => {
  const config = readSettings({ ...least, READ_BACK_AFTER_SECONDS: '0.25', LEASE_SECONDS: '5' });
  expect([config.readBackAfterMs, config.leaseMs]).toEqual([250, 5_000]);
});

test('CALLING_INSTANCES is a number, or a sum that CloudFormation cannot compute', () => {
  expect(readSettings({ ...least, CALLING_INSTANCES: '10' }).callingInstances).toBe(10);
  expect(readSettings({ ...least, CALLING_INSTANCES: '8+2+1+1' }).callingInstances).toBe(12);
});

test('WATCHED_PREFIXES are folders, without empty entries, or the whole bucket', () => {
  expect(readSettings(least).watchedPrefixes).toBeUndefined();
  expect(readSettings({ ...least, WATCHED_PREFIXES: 'candidates/||in/|' }).watchedPrefixes).toEqual([
    'candidates/',
    'in/',
  ]);
  expect(readSettings({ ...least, WATCHED_PREFIXES: '*||||' }).watchedPrefixes).toEqual(['']);
});

test('SWEEP_SINCE is a date or a date with a time', () => {
  expect(readSettings({ ...least, SWEEP_SINCE: '2026-01-31' }).sweepSince).toBe(Date.UTC(2026, 0, 31));
  expect(readSettings({ ...least, SWEEP_SINCE: '2026-01-31T08:00:00Z' }).sweepSince).toBe(Date.UTC(2026, 0, 31, 8));
});

test('every setting has its own name and a sentence for the documentation', () => {
  const names = Object.values(settings).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, meaning } of Object.values(settings)) expect(`${name}: ${meaning}`).toMatch(/^[A-Z0-9_]+: .+\.$/);
});

test('the settings table says for every variable what sets it in a deployment', () => {
  const names = (setBy: unknown) =>
    Object.values(settings)
      .filter((setting) => setting.setBy === setBy)
      .map(({ name }) => name);
  expect(names('stack')).toEqual([
    'BUCKET',
    'LEDGER_TABLE',
    'KOMBO_API_KEY_SECRET',
    'REQUIRE_SCAN',
    'ALARM_TOPIC',
    'WATCHED_PREFIXES',
    'CALLING_INSTANCES',
  ]);
  expect(names('unset')).toEqual([
    'KOMBO_API_KEY',
    'LEASE_SECONDS',
    'RETRY_BASE_SECONDS',
    'READ_BACK_AFTER_SECONDS',
    'READ_BACK_AGAIN_SECONDS',
    'S3_FORCE_PATH_STYLE',
  ]);
});

test('two variables are never set by the same parameter', () => {
  const parameters = Object.values(settings).flatMap(({ setBy }) =>
    typeof setBy === 'string' ? [] : [setBy.parameter],
  );
  expect(new Set(parameters).size).toBe(parameters.length);
});
