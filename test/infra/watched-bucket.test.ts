import { expect, test } from 'vitest';
import { foldersOfSlots, foldersOfTemplates, placeFolders, watchedMarker } from '../../infra/watched-bucket.ts';
import { parseKeyTemplates } from '../../lib/key-template/match-key.ts';
import { decodeEventKey } from '../../lib/upload/object-key.ts';
import { fillIn } from './template/fill-in.ts';
import { settle } from './template/settle.ts';
import type { Json, Template } from './template/template.ts';

const templates = (...folders: readonly string[]): string =>
  folders.map((folder) => `${folder}{candidate_id}/{filename}`).join('|');

const conditions = { OwnBucket: false, NamedBucket: false };

/** A part as it is deployed, with an existing bucket. */
const deployed = (part: unknown, more: Readonly<Record<string, boolean>> = {}): Json | undefined => {
  const template: Template = {
    Resources: {
      OnDashuploadLambdaFunction: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'on-upload' } },
      ExistingBucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'acme-applications' } },
      ...Object.fromEntries(
        [1, 2, 3, 4, 5].map((slot) => [
          `Prefix${slot}`,
          { Type: 'AWS::S3::Bucket', Properties: { BucketName: slot === 1 ? 'candidates/' : `in-${slot}/` } },
        ]),
      ),
      It: { Type: 'x', Properties: { part: part as Json } },
    },
  };
  return fillIn(settle(template, { ...conditions, ...more })).Resources.It?.Properties?.part;
};

const arnsOf = (...folders: readonly string[]) => deployed(foldersOfTemplates(templates(...folders)).objectArns);
const filtersOf = (...folders: readonly string[]): readonly string[] => {
  const rules = foldersOfTemplates(templates(...folders)).notifications as readonly {
    readonly Filter: { readonly S3Key: { readonly Rules: readonly [{ readonly Value: string }] } };
  }[];
  return rules.map(({ Filter }) => Filter.S3Key.Rules[0].Value);
};

test('the functions may read only keys that a key template can match', () => {
  expect(arnsOf('candidates/', 'to/')).toEqual([
    'arn:aws:s3:::acme-applications/candidates/*',
    'arn:aws:s3:::acme-applications/to/*',
  ]);
  expect(arnsOf('')).toEqual(['arn:aws:s3:::acme-applications/*']);
});

test('a letter that IAM policies do not accept becomes "?" in the ARN, and "*" where it may count as two', () => {
  expect(arnsOf('životopisy/', 'bewerbungen für/', '履歴書/', 'cvs🙂/')).toEqual([
    'arn:aws:s3:::acme-applications/?ivotopisy/*',
    'arn:aws:s3:::acme-applications/bewerbungen für/*',
    'arn:aws:s3:::acme-applications/???/*',
    'arn:aws:s3:::acme-applications/cvs*/*',
  ]);
});

test('a dollar sign in a folder is not a variable of CloudFormation; with a brace after it the folder is refused', () => {
  expect(arnsOf('a$b/', '$/')).toEqual(['arn:aws:s3:::acme-applications/a$b/*', 'arn:aws:s3:::acme-applications/$/*']);
  expect(parseKeyTemplates(templates('${AWS::Region}/'))).toMatchObject({ ok: false });
});

test('each watched folder has one S3 notification', () => {
  const onUpload = { 'Fn::GetAtt': ['OnDashuploadLambdaFunction', 'Arn'] };
  const rule = (prefix: string) => ({
    Event: 's3:ObjectCreated:*',
    Function: onUpload,
    Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: prefix }] } },
  });
  expect(foldersOfTemplates(templates('candidates/', 'to/')).notifications).toEqual([rule('candidates/'), rule('to/')]);
  // S3 refuses two notifications when the prefix of one starts with the prefix of the other.
  const nested = 'in/{candidate_id}/{filename}|in/{type}/{candidate_id}/{filename}';
  expect(foldersOfTemplates(nested).notifications).toEqual([rule('in/')]);
});

test('the filter of an S3 notification is encoded like keys in events; EventBridge and GuardDuty get the folder unencoded', () => {
  const folders = ['new cvs/', 'year=2026/', 'R&D/', 'c++/', 'bewerbungen für/'];
  expect(filtersOf(...folders)).toEqual(['new+cvs/', 'year%3D2026/', 'R%26D/', 'c%2B%2B/', 'bewerbungen+f%C3%BCr/']);
  const { keyPattern, scanPrefixes } = foldersOfTemplates(templates(...folders));
  expect(keyPattern).toEqual(folders.map((prefix) => ({ prefix })));
  expect(scanPrefixes).toEqual(folders);
  for (const [index, filter] of filtersOf(...folders).entries())
    expect(decodeEventKey(filter)).toEqual({ ok: true, value: folders[index] });
});

test('a template without a first folder watches the whole bucket', () => {
  const { notifications, keyPattern, scanPrefixes, prefixes } = foldersOfTemplates(templates(''));
  expect(notifications).toEqual([
    { Event: 's3:ObjectCreated:*', Function: { 'Fn::GetAtt': ['OnDashuploadLambdaFunction', 'Arn'] } },
  ]);
  expect(keyPattern).toEqual([{ exists: true }]);
  expect(scanPrefixes).toEqual({ Ref: 'AWS::NoValue' });
  expect(prefixes).toBe('*');
});

test('empty slots for folders watch nothing, and the first slot can watch the whole bucket', () => {
  const two = { WholeBucket: false, HasPrefix2: true, HasPrefix3: false, HasPrefix4: false, HasPrefix5: false };
  expect(deployed(foldersOfSlots.objectArns, two)).toEqual([
    'arn:aws:s3:::acme-applications/candidates/*',
    'arn:aws:s3:::acme-applications/in-2/*',
  ]);
  expect(deployed(foldersOfSlots.keyPattern, two)).toEqual([{ prefix: 'candidates/' }, { prefix: 'in-2/' }]);
  expect(deployed(foldersOfSlots.scanPrefixes, two)).toEqual(['candidates/', 'in-2/']);
  expect(deployed(foldersOfSlots.notifications, two)).toHaveLength(2);
  const whole = { ...two, WholeBucket: true };
  expect(deployed(foldersOfSlots.objectArns, whole)).toEqual(['arn:aws:s3:::acme-applications/*']);
  expect(deployed(foldersOfSlots.scanPrefixes, whole)).toBeUndefined();
  expect(deployed(foldersOfSlots.keyPattern, whole)).toEqual([{ exists: true }]);
});

test('a marker for folders is replaced at any place of the template, and nothing else is', () => {
  const parts = foldersOfTemplates(templates('candidates/'));
  expect(placeFolders({ a: [{ b: watchedMarker('scanPrefixes') }], c: null, d: 1 }, parts)).toEqual({
    a: [{ b: ['candidates/'] }],
    c: null,
    d: 1,
  });
});
