import { afterAll, expect, test } from 'vitest';
import { newFolder, remove } from '../fakes/temporary-folder.ts';
import { acceptedRefusals, acceptedWithoutKey, acceptedWithoutVpc } from './template/accepted-refusals.ts';
import { guard } from './template/guard.ts';
import { brokenPromises } from './template/protections.ts';
import { circle, danglingReferences } from './template/references.ts';
import { rightsFaults } from './template/rights-faults.ts';
import { schemaFaults } from './template/schema-faults.ts';
import { allShapes, type Shape, shapeNamed } from './template/shapes.ts';
import type { Resource, Template } from './template/template.ts';

const folder = await newFolder();
afterAll(() => remove(folder));
const shapes = await allShapes();

const shape = (name: string): Shape => shapeNamed(shapes, ...name.split(', '));

/** Faults by shape, only of shapes that have some: the expected result is an empty object. */
const faultsByShape = async (faultsOf: (shape: Shape) => readonly string[] | Promise<readonly string[]>) => {
  const found: Record<string, readonly string[]> = {};
  for (const shape of shapes) {
    const faults = await faultsOf(shape);
    if (faults.length > 0) found[`${shape.form}: ${shape.name}`] = faults;
  }
  return found;
};

test('there are 48 sets of options in each form of the template', () => {
  expect(new Set(shapes.map(({ name }) => name)).size).toBe(48);
  expect(shapes).toHaveLength(96);
});

test('every shape fits the resource schemas that AWS publishes', async () => {
  expect(await faultsByShape(({ filledIn }) => schemaFaults(filledIn))).toEqual({});
});

test('every shape refers only to resources that it contains, and never in a circle', async () => {
  expect(await faultsByShape(({ settled }) => [...danglingReferences(settled), ...(circle(settled) ?? [])])).toEqual(
    {},
  );
});

test('every permission names existing actions, no wildcard action, and resources that the action can be limited to', async () => {
  expect(await faultsByShape(({ filledIn }) => rightsFaults(filledIn))).toEqual({});
});

test('every shape keeps the promises of the stack: TLS only, kept data, no access for others, no write to CVs, bounded logs', async () => {
  expect(await faultsByShape(({ filledIn }) => brokenPromises(filledIn))).toEqual({});
});

test('cfn-guard refuses only what is accepted with a reason, and confirms the most important rules', async () => {
  // The other shapes have fewer resources, or differ only in things that cfn-guard has no rule for. The forms differ only in
  // the code and its bucket: test/infra/plain-template.test.ts.
  const guarded = shapes.filter(
    ({ name, form }) => form === 'osls' && !name.endsWith('plain') && !name.includes('existing plan') && isNeeded(name),
  );
  const results = await guard(
    guarded.map(({ filledIn }) => filledIn),
    folder,
  );
  const accepted = guarded.map(({ name, filledIn }) =>
    [
      ...acceptedRefusals,
      ...(name.includes(', no key,') ? acceptedWithoutKey : []),
      ...(name.includes('network') ? [] : acceptedWithoutVpc),
    ]
      .flatMap(({ rule, resources }) => resources.map((id) => ({ id, text: `${rule}: ${id}` })))
      .filter(({ id }) => filledIn.Resources[id] !== undefined)
      .map(({ text }) => text)
      .sort(),
  );
  expect(guarded.length).toBe(10);
  expect(results.map(({ refused }) => refused)).toEqual(accepted);
  for (const { fulfilled } of results) expect(fulfilled).toEqual(expect.arrayContaining(mattersMost));
});

/** The network changes the same for cfn-guard, whatever the bucket is. */
const isNeeded = (name: string): boolean => !name.includes('network') || name.startsWith('own bucket, scan');

const mattersMost = [
  's3_bucket_level_public_access_prohibited_check',
  's3_bucket_policy_ssl_requests_only_check',
  's3_bucket_versioning_enabled_check',
  'dynamodb_table_pitr_enabled_check',
  'dynamodb_table_encrypted_kms_check',
  'sqs_queue_encrypted_check',
  'iam_inline_policy_no_statements_with_admin_access_check',
  'iam_inline_policy_no_statements_with_full_access_check',
  'lambda_function_public_access_prohibited_check',
  'cloudwatch_alarm_action_check',
];

// --- A check that cannot fail proves nothing: without a protection, a check must fail. ---

type Properties = Record<string, unknown>;

/** A copy in which the properties of one resource are changed. */
const changed = (
  template: Template,
  id: string,
  change: (properties: Properties, resource: Resource) => unknown,
): Template => {
  const copy: Template = structuredClone(template);
  const resource = copy.Resources[id];
  if (resource === undefined) throw new Error(`There is no resource ${id}.`);
  change((resource.Properties ?? {}) as Properties, resource);
  return copy;
};

const without = (template: Template, id: string): Template => {
  const { [id]: _, ...Resources } = template.Resources;
  return { ...template, Resources };
};

/** Adds a statement to the first inline policy of a role. */
const granting = (template: Template, roleId: string, statement: Properties): Template =>
  changed(template, roleId, (properties) => {
    const [policy] = properties.Policies as [{ PolicyDocument: { Statement: unknown[] } }];
    policy.PolicyDocument.Statement.push({ Sid: 'Added', Effect: 'Allow', ...statement });
  });

test.each<readonly [sentence: string, change: (template: Template) => Template]>([
  ['UploadBucket: takes requests without TLS.', (own) => without(own, 'UploadBucketPolicy')],
  ['FailureQueue: takes requests without TLS.', (own) => without(own, 'FailureQueuePolicy')],
  ['AlarmTopic: takes requests without TLS.', (own) => without(own, 'AlarmTopicPolicy')],
  [
    'LedgerTable: is deleted with the stack.',
    (own) => changed(own, 'LedgerTable', (_, resource) => Object.assign(resource, { DeletionPolicy: 'Delete' })),
  ],
  [
    'OnDashbatchLambdaFunction: may s3:DeleteObject.',
    (own) => granting(own, 'OnBatchRole', { Action: 's3:DeleteObject', Resource: 'arn:aws:s3:::acme-applications/*' }),
  ],
  [
    'UploadPermission: accepts events of every account.',
    (own) => changed(own, 'UploadPermission', (properties) => delete properties.SourceAccount),
  ],
  [
    'OnDashuploadLambdaFunction: keeps its log forever.',
    (own) => changed(own, 'OnDashuploadLogGroup', (properties) => delete properties.RetentionInDays),
  ],
  [
    'OnDashuploadLambdaFunction: has 4020 bytes of environment.',
    (own) =>
      changed(own, 'OnDashuploadLambdaFunction', (properties) =>
        Object.assign(properties.Environment as Properties, { Variables: { REMOTE_FIELDS: 'x'.repeat(4000) } }),
      ),
  ],
  [
    'BatchBucket: leaves objects to their uploaders.',
    (own) => changed(own, 'BatchBucket', (properties) => delete properties.OwnershipControls),
  ],
])('our own checks of the stack find that %s', (sentence, change) => {
  expect(brokenPromises(change(shape('own bucket, no scan, no key, plain').filledIn))).toEqual([sentence]);
});

test('our own checks find code that may change networks, and a function that cannot join its VPC', () => {
  const { filledIn } = shape('own bucket, no scan, no key, a network of its own, plain');
  const without = (sid: string) =>
    brokenPromises(
      changed(filledIn, 'OnBatchRole', (properties) => {
        const [policy] = properties.Policies as [{ PolicyDocument: { Statement: { Sid: string }[] } }];
        policy.PolicyDocument.Statement = policy.PolicyDocument.Statement.filter(({ Sid }) => Sid !== sid);
      }),
    );
  expect(brokenPromises(filledIn)).toEqual([]);
  expect(without('NoVpcForCode')).toContain('OnDashbatchLambdaFunction: its code may ec2:CreateNetworkInterface.');
  expect(without('JoinVpc')).toEqual(['OnDashbatchLambdaFunction: cannot join its VPC.']);
});

test('the checks of rights find an invented action, a wildcard, and a resource that the action cannot be limited to', async () => {
  const { filledIn } = shape('own bucket, no scan, no key, plain');
  const bucket = 'arn:aws:s3:::cv-courier-dev-uploads-111122223333-eu-central-1';
  const faultOf = (Action: string, Resource: string) =>
    rightsFaults(granting(filledIn, 'OnUploadRole', { Action, Resource }));
  expect(await faultOf('s3:ReadObject', `${bucket}/*`)).toEqual([
    'OnUploadRole.Added: s3:ReadObject is not an action.',
  ]);
  expect(await faultOf('s3:Get*', `${bucket}/*`)).toEqual(['OnUploadRole.Added: s3:Get* is a wildcard.']);
  expect(await faultOf('s3:GetObject', bucket)).toEqual([
    `OnUploadRole.Added: s3:GetObject cannot be allowed on ${bucket}.`,
  ]);
  expect(await faultOf('s3:ListBucket', `${bucket}/*`)).toEqual([
    `OnUploadRole.Added: s3:ListBucket cannot be allowed on ${bucket}/*.`,
  ]);
  expect(await faultOf('sqs:SendMessage', '*')).toEqual([
    'OnUploadRole.Added: * names no resource.',
    'OnUploadRole.Added: sqs:SendMessage cannot be allowed on *.',
  ]);
});

test('the checks of schemas find a misspelt property, a wrong type, an invalid value and a missing property', () => {
  const { filledIn } = shape('own bucket, no scan, no key, plain');
  const faultOf = (id: string, properties: Properties) =>
    schemaFaults(changed(filledIn, id, (own) => Object.assign(own, properties)));
  expect(faultOf('LedgerTable', { BilingMode: 'PAY_PER_REQUEST' })).toEqual([
    'LedgerTable.BilingMode is not a property.',
  ]);
  expect(faultOf('LedgerTable', { TimeToLiveSpecification: { AttributeName: 'expiresAt' } })).toEqual([
    'LedgerTable.TimeToLiveSpecification.Enabled is missing.',
  ]);
  expect(faultOf('FailureQueue', { VisibilityTimeout: 'half an hour' })).toEqual([
    'FailureQueue.VisibilityTimeout is "half an hour", not integer.',
  ]);
  expect(faultOf('UploadBucket', { VersioningConfiguration: { Status: 'On' } })).toEqual([
    'UploadBucket.VersioningConfiguration.Status is "On", not one of Enabled, Suspended.',
  ]);
});

test('the checks of references find a circle and a reference to a missing resource', () => {
  const { settled } = shape('own bucket, no scan, no key, plain');
  const circular = changed(settled, 'OnDashuploadLambdaFunction', (own) =>
    Object.assign(own.Environment as Properties, { Variables: { BUCKET: { Ref: 'UploadBucket' } } }),
  );
  expect(circle(circular)).toEqual(
    expect.arrayContaining(['UploadBucket', 'UploadPermission', 'OnDashuploadLambdaFunction']),
  );
  expect(danglingReferences(without(settled, 'AlarmTopicPolicy'))).toEqual([]);
  expect(danglingReferences(without(settled, 'FailureQueue'))).toContain('FailureReplay -> FailureQueue');
});
