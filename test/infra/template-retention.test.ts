import { beforeAll, expect, test } from 'vitest';
import { fillIn } from './template/fill-in.ts';
import { packageTemplate } from './template/package.ts';
import { settle } from './template/settle.ts';
import { at, type Template } from './template/template.ts';

let byDefault: Template = { Resources: {} };
let shorter: Template = { Resources: {} };

beforeAll(async () => {
  const packaged = await Promise.all([packageTemplate(), packageTemplate({ cvRetentionDays: '45' })]);
  [byDefault, shorter] = packaged.map((template) => fillIn(settle(template))) as [Template, Template];
});

const lifecycle = (template: Template) =>
  at(template.Resources.UploadBucket?.Properties, 'LifecycleConfiguration', 'Rules');

const otherRules = [
  { Id: 'expire-old-versions', Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 30 } },
  { Id: 'remove-empty-delete-markers', Status: 'Enabled', ExpiredObjectDeleteMarker: true },
  { Id: 'abort-incomplete-uploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } },
];

test('CVs end after 180 days, old versions after 30, broken-off uploads after 2', () => {
  expect(lifecycle(byDefault)).toEqual([
    { Id: 'expire-cvs', Status: 'Enabled', ExpirationInDays: '180' },
    ...otherRules,
  ]);
});

test('cvRetentionDays moves the end of CVs, and nothing else', () => {
  const [expireCvs, ...others] = lifecycle(shorter) as readonly { readonly ExpirationInDays: unknown }[];
  expect(expireCvs).toMatchObject({ Id: 'expire-cvs', Status: 'Enabled' });
  expect(Number(expireCvs?.ExpirationInDays)).toBe(45);
  expect(others).toEqual(otherRules);
});

test("the upload bucket's owner owns every object", () => {
  expect(byDefault.Resources.UploadBucket?.Properties?.OwnershipControls).toEqual({
    Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }],
  });
});

test('DynamoDB removes entries of the ledger by expiresAt', () => {
  expect(byDefault.Resources.LedgerTable?.Properties?.TimeToLiveSpecification).toEqual({
    AttributeName: 'expiresAt',
    Enabled: true,
  });
});
