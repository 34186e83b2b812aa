import { expect, test } from 'vitest';
import { deployed } from './template/deployed.ts';
import { at, type Template } from './template/template.ts';

const [byDefault, shorter] = await Promise.all([deployed(), deployed({ cvRetentionDays: '45' })]);

const lifecycle = (template: Template) =>
  at(template.Resources.UploadBucket?.Properties, 'LifecycleConfiguration', 'Rules');

const otherRules = [
  { Id: 'expire-old-versions', Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 30 } },
  { Id: 'remove-empty-delete-markers', Status: 'Enabled', ExpiredObjectDeleteMarker: true },
  { Id: 'abort-incomplete-uploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } },
];

test.each([
  ['after 180 days by default', byDefault, '180'],
  ['after the days of cvRetentionDays', shorter, '45'],
])('CVs expire %s, old versions after 30 days, incomplete uploads after 2', (_, template, ExpirationInDays) => {
  expect(lifecycle(template)).toEqual([{ Id: 'expire-cvs', Status: 'Enabled', ExpirationInDays }, ...otherRules]);
});

test('records of the ledger expire at their time', () => {
  const { Properties } = byDefault.Resources.LedgerTable ?? {};
  expect(Properties?.TimeToLiveSpecification).toEqual({ AttributeName: 'expiresAt', Enabled: true });
});
