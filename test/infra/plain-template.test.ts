import { expect, test } from 'vitest';
import { fillIn } from './template/fill-in.ts';
import { packageTemplate, packageWithOsls, plainTemplate, plainValues } from './template/package.ts';
import { valueFaults } from './template/set-parameters.ts';
import { settle } from './template/settle.ts';
import { at, type Json, resourcesOf, stringsIn, type Template } from './template/template.ts';

const packaged = await packageWithOsls();

const withoutCode = ({ Resources, Outputs = {} }: Template) => ({
  Resources: Object.fromEntries(
    Object.entries(Resources)
      .filter(([id]) => !id.startsWith('Serverless'))
      .map(([id, resource]) => {
        const { Code: _, ...own } = resource.Properties ?? {};
        return [id, resource.Type === 'AWS::Lambda::Function' ? { ...resource, Properties: own } : resource];
      }),
  ),
  Outputs: Object.fromEntries(Object.entries(Outputs).filter(([name]) => !name.startsWith('Serverless'))),
});

test('deployed with the same options, the two forms of the template differ only in where the code is', async () => {
  for (const options of [
    {},
    { existingBucket: 'acme-applications', scan: 'create-plan', outcomeBus: 'default' },
    {
      kmsKeyArn: 'arn:aws:kms:eu-central-1:111122223333:key/5f1a2b3c-1111-2222-3333-444455556666',
      transfer: 'data_url',
    },
  ]) {
    const [osls, plain] = [await packageTemplate(options), await plainTemplate(options)].map((one) =>
      withoutCode(fillIn(settle(one))),
    );
    // The two forms separate folders differently: the plain form also keeps empty places.
    expect(JSON.stringify(plain).replaceAll('"candidates/||||"', '"candidates/"')).toBe(JSON.stringify(osls));
  }
});

test("the plain form takes the code from the deployer's bucket, and has no bucket of osls", async () => {
  const template = fillIn(settle(await plainTemplate()));
  for (const [, own] of resourcesOf(template, 'AWS::Lambda::Function')) {
    const zip = `${String(own.FunctionName).replace('cv-courier-dev-', '')}.zip`;
    expect(own.Code).toEqual({ S3Bucket: 'acme-deployments', S3Key: `cv-courier/0.2.0/${zip}` });
  }
  expect(JSON.stringify(packaged.plain)).not.toMatch(/Serverless|serverless\/|Courier::/);
  expect(JSON.stringify(packaged.osls)).not.toContain('Courier::');
});

test('the plain form is the same whatever the stage sets', async () => {
  const other = await packageWithOsls({ keyTemplates: 'cvs/{candidate_id}/{filename}', maxBytes: '5000000' });
  expect(other.plain).toEqual(packaged.plain);
});

test('only the place of the code is required in the plain form', () => {
  expect(valueFaults(packaged.plain, plainValues)).toEqual([]);
  expect(valueFaults(packaged.plain, {})).toEqual([
    'Parameters: [CodeBucket] must have values',
    'Parameters: [CodePrefix] must have values',
  ]);
});

test.each([
  [{ ExistingBucket: 'acme-cvs', BucketName: 'acme-own' }, 'ExistingBucket and BucketName are both set; '],
  [{ KmsKeyForLogs: 'true' }, 'KmsKeyForLogs is true, and KmsKeyArn is empty: '],
  [{ KmsKeyForMessages: 'true' }, 'KmsKeyForMessages is true, and KmsKeyArn is empty: '],
])('CloudFormation refuses options that exclude each other in both forms, with one sentence: %o', (given, sentence) => {
  for (const [form, values] of [
    [packaged.plain, plainValues],
    [packaged.osls, {}],
  ] as const) {
    const faults = valueFaults(form, { ...values, ...given });
    expect(faults).toEqual([expect.stringContaining(sentence)]);
  }
});

test.each([
  ['Prefix1', ''],
  ['Prefix1', 'candidates'],
  ['Prefix1', '/candidates/'],
  ['Prefix2', '*'],
  ['Prefix2', 'new cvs/'],
  ['Prefix2', 'R&D/'],
  ['Prefix3', 'a?/'],
  ['Prefix3', 'a//'],
  ['CodePrefix', 'cv-courier'],
  ['KeyTemplates', 'candidates/'],
  ['CanaryKey', 'canary/greenhouse:8d1hpPsbjxUkoCoa1veLZGe5/GRK1/canary.pdf'],
  ['CanaryKey', 'canary/sandbox:8d1hpPsbjxUkoCoa1veLZGe5/${AWS::StackName}/canary.pdf'],
])(
  'a folder that a service would interpret differently, or a canary outside of the sandbox, is refused: %s = "%s"',
  (name, value) => {
    expect(valueFaults(packaged.plain, { ...plainValues, [name]: value })).toHaveLength(1);
  },
);

test('the AWS console shows every parameter of the plain form once, grouped by topic', () => {
  const groups = at(packaged.plain.Metadata, 'AWS::CloudFormation::Interface', 'ParameterGroups') as readonly Json[];
  const asked = groups.flatMap((group) => stringsIn(at(group, 'Parameters')));
  expect(asked.toSorted()).toEqual(Object.keys(packaged.plain.Parameters ?? {}).toSorted());
  expect(asked.slice(0, 3)).toEqual(['CodeBucket', 'CodePrefix', 'KomboIntegrationId']);
});

test('no parameter of the template has the name of a resource', () => {
  for (const { Parameters = {}, Resources } of [packaged.plain, packaged.osls])
    expect(Object.keys(Parameters).filter((name) => Object.hasOwn(Resources, name))).toEqual([]);
});

test('osls passes exactly the parameters of its template, with values that CloudFormation accepts', () => {
  expect(Object.keys(packaged.passed)).toEqual(Object.keys(packaged.osls.Parameters ?? {}));
  expect(valueFaults(packaged.osls, packaged.passed)).toEqual([]);
});

/** Names of resources that must be unique in an account and region. */
const namesIn = (template: Template): readonly string[] =>
  Object.entries(template.Resources).flatMap(([, { Type, Properties = {} }]) =>
    Object.entries(Properties)
      .filter(([name]) => name === 'Name' || new RegExp(`^${Type.split('::')[2]}Name$`).test(name))
      .map(([, value]) => String(value)),
  );

test('two stacks can exist in one account and region, because every name starts with the name of the stack', async () => {
  const options = { outcomeBus: 'default', scan: 'create-plan', attachWithinSeconds: '600' };
  for (const packagedForm of [await packageTemplate(options), await plainTemplate(options)]) {
    const [one, other] = ['cvs-berlin', 'cvs-paris'].map((stackName) =>
      namesIn(fillIn(settle(packagedForm), { stackName })),
    );
    expect(one?.length).toBeGreaterThan(30);
    expect(one?.filter((name) => other?.includes(name))).toEqual([]);
    for (const name of one ?? []) expect(name).toMatch(/^(\/aws\/lambda\/)?cvs-berlin/);
  }
});

test("the own bucket's name is valid up to the longest stack name that the option's description allows", async () => {
  const longest = 'a'.repeat(27);
  const bucketOf = (template: Template, stackName: string) =>
    String(
      fillIn(settle(template), { stackName, region: 'ap-northeast-1' }).Resources.UploadBucket?.Properties?.BucketName,
    );
  expect(bucketOf(await plainTemplate(), longest)).toHaveLength(63);
  expect(bucketOf(await plainTemplate({ bucketName: 'acme-cvs' }), `${longest}A`)).toBe('acme-cvs');
  expect(JSON.stringify(packaged.plain.Parameters?.BucketName)).toContain('at most 27 characters');
});

const places = {
  aws: { partition: 'aws', region: 'eu-central-1', urlSuffix: 'amazonaws.com' },
  china: { partition: 'aws-cn', region: 'cn-north-1', urlSuffix: 'amazonaws.com.cn' },
  govCloud: { partition: 'aws-us-gov', region: 'us-gov-west-1', urlSuffix: 'amazonaws.com' },
} as const;

test.each([
  ['aws', 'https://console.aws.amazon.com/cloudwatch/home?region=eu-central-1#'],
  ['china', 'https://console.amazonaws.cn/cloudwatch/home?region=cn-north-1#'],
  ['govCloud', 'https://console.amazonaws-us-gov.com/cloudwatch/home?region=us-gov-west-1#'],
] as const)('the dashboard has the address of its partition (%s)', async (name, address) => {
  const template = fillIn(settle(await packageTemplate()), places[name]);
  expect(String(template.Outputs?.DashboardUrl?.Value)).toContain(address);
  const texts = resourcesOf(template, 'AWS::CloudWatch::Alarm').map(([, own]) => String(own.AlarmDescription));
  for (const text of texts) expect(text).toContain(`Dashboard: ${address}`);
});

test('in China every ARN and every endpoint of KMS belongs to that partition', async () => {
  const template = await packageTemplate({
    kmsKeyArn: 'arn:aws-cn:kms:cn-north-1:111122223333:key/5f1a2b3c-1111-2222-3333-444455556666',
    outcomeBus: 'default',
    scan: 'create-plan',
  });
  const text = JSON.stringify(fillIn(settle(template), places.china));
  expect(text.match(/"arn:(?!aws-cn:)[^"]*/g)).toBeNull();
  const services = [...text.matchAll(/"([a-z0-9]+)\.cn-north-1\.amazonaws\.com(\.cn)?"/g)];
  expect(new Set(services.map(([, service]) => service))).toEqual(
    new Set(['s3', 'secretsmanager', 'dynamodb', 'lambda']),
  );
  expect(services.filter(([, , ending]) => ending === undefined)).toEqual([]);
});
