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

test('CVs expire after 180 days, old versions after 30, incomplete uploads after 2', () => {
  expect(lifecycle(byDefault)).toEqual([
    { Id: 'expire-cvs', Status: 'Enabled', ExpirationInDays: '180' },
    ...otherRules,
  ]);
});

test('cvRetentionDays changes only the expiry of CVs', () => {
  const [expireCvs, ...others] = lifecycle(shorter) as readonly { readonly ExpirationInDays: unknown }[];
  expect(expireCvs).toMatchObject({ Id: 'expire-cvs', Status: 'Enabled' });
  expect(Number(expireCvs?.ExpirationInDays)).toBe(45);
  expect(others).toEqual(otherRules);
});

test('records of the ledger expire at their time', () => {
  const { Properties } = byDefault.Resources.LedgerTable ?? {};
  expect(Properties?.TimeToLiveSpecification).toEqual({ AttributeName: 'expiresAt', Enabled: true });
});
