import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { defaults } from '../../infra/parameters/options.ts';
import { deployed } from './template/deployed.ts';
import { at } from './template/template.ts';

const page = readFileSync(new URL('../../docs/privacy.md', import.meta.url), 'utf8');
const rowOf = (place: string): string =>
  page.split('\n').find((line) => line.startsWith('| ') && line.split('|')[1]?.includes(place)) ?? '';
const { Resources } = await deployed({ existingBucket: 'acme-cvs' });
const propertyOf = (name: string, ...path: readonly string[]): unknown => at(Resources[name]?.Properties, ...path);

test('docs/privacy.md names the defaults of all options about retention', () => {
  const named = [...page.matchAll(/`(\w+RetentionDays)` \((\d+)\)/g)].map(([, name = '', days]) => [name, days]);
  expect(new Set(named.map(([name]) => name))).toEqual(
    new Set(['cvRetentionDays', 'ledgerRetentionDays', 'logRetentionDays']),
  );
  for (const [name = '', days] of named) expect(days).toBe(defaults[name]);
});

test('docs/privacy.md says how long queues and events keep keys, as the template has it', () => {
  const day = 86_400;
  expect(propertyOf('FailureQueue', 'MessageRetentionPeriod')).toBe(14 * day);
  expect(JSON.stringify(propertyOf('UploadRule', 'Targets'))).toContain('"MaximumEventAgeInSeconds":86400');
  expect(rowOf('events on their way')).toContain('EventBridge (an existing bucket, or a scan): 24 hours');
  expect(rowOf('events on their way')).toContain('the failure queue: 14 days');
  expect(propertyOf('OnDashuploadLambdaEvConf', 'MaximumEventAgeInSeconds')).toBe(6 * 3_600);
  expect(rowOf('events on their way')).toContain("Lambda's queue: 6 hours");
});

test('docs/privacy.md says how long the bucket of lists keeps keys, as the template has it', () => {
  expect(propertyOf('BatchBucket', 'LifecycleConfiguration', 'Rules')).toMatchObject([
    { ExpirationInDays: 90 },
    { NoncurrentVersionExpiration: { NoncurrentDays: 7 } },
    {},
  ]);
  expect(rowOf('BatchBucketName')).toContain('90 days, then 7 as an old version');
});
