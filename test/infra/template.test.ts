import { afterAll, expect, test } from 'vitest';
import { newFolder, remove } from '../fakes/temporary-folder.ts';
import { acceptedRefusals, acceptedWithoutKey, acceptedWithoutVpc } from './template/accepted-refusals.ts';
import { guard } from './template/guard.ts';
import { brokenPromises } from './template/protections.ts';
import { circle, danglingReferences } from './template/references.ts';
import { rightsFaults } from './template/rights-faults.ts';
import { schemaFaults } from './template/schema-faults.ts';
import { allShapes, type Shape } from './template/shapes.ts';
import type { Resource, Template } from './template/template.ts';

const folder = await newFolder();
afterAll(() => remove(folder));
const shapes = await allShapes();

const shapeNamed = (name: string): Shape => {
  const found = shapes.find((shape) => shape.name === name);
  if (found === undefined) throw new Error(`There is no shape "${name}".`);
  return found;
};

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
  change: (properties: Properties, resource: Resource) => void,
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

test('cfn-guard refuses the stack without each of its protections', async () => {
  const { filledIn } = shapeNamed('own bucket, no scan, no key, plain');
  // cfn-guard is slow, so all protections are removed together; another rule or resource shows each removal.
  const removals: Readonly<Record<string, (template: Template) => Template>> = {
    's3_bucket_level_public_access_prohibited_check: UploadBucket': (template) =>
      changed(template, 'UploadBucket', (own) => delete own.PublicAccessBlockConfiguration),
    's3_bucket_policy_ssl_requests_only_check: UploadBucketPolicy': (template) =>
      changed(template, 'UploadBucketPolicy', (own) => Object.assign(own, { PolicyDocument: { Statement: [] } })),
    's3_bucket_versioning_enabled_check: UploadBucket': (template) =>
      changed(template, 'UploadBucket', (own) =>
        Object.assign(own, { VersioningConfiguration: { Status: 'Suspended' } }),
      ),
    'dynamodb_table_pitr_enabled_check: LedgerTable': (template) =>
      changed(template, 'LedgerTable', (own) => delete own.PointInTimeRecoverySpecification),
    'sqs_queue_encrypted_check: FailureQueue': (template) =>
      changed(template, 'FailureQueue', (own) => Object.assign(own, { SqsManagedSseEnabled: false })),
    'iam_inline_policy_no_statements_with_admin_access_check: OnUploadRole': (template) =>
      granting(template, 'OnUploadRole', { Action: '*', Resource: '*' }),
    'iam_inline_policy_no_statements_with_full_access_check: OnDemandRole': (template) =>
      granting(template, 'OnDemandRole', { Action: 'dynamodb:*', Resource: 'arn:aws:dynamodb:eu-central-1::table/x' }),
    'lambda_function_public_access_prohibited_check: UploadPermission': (template) =>
      changed(template, 'UploadPermission', (own) => delete own.SourceArn && delete own.SourceAccount),
  };
  const bare = Object.values(removals).reduce((template, remove) => remove(template), filledIn);
  const [before, after] = await guard([filledIn, bare], folder);
  for (const refusal of Object.keys(removals)) {
    expect(before?.refused).not.toContain(refusal);
    expect(after?.refused).toContain(refusal);
  }
});

test('our own checks find each broken promise of the stack', () => {
  const { filledIn } = shapeNamed('existing bucket, scan by an own plan, key, plain');
  const own = shapeNamed('own bucket, no scan, no key, plain').filledIn;
  expect(brokenPromises(without(own, 'UploadBucketPolicy'))).toEqual(['UploadBucket: takes requests without TLS.']);
  expect(brokenPromises(without(own, 'FailureQueuePolicy'))).toEqual(['FailureQueue: takes requests without TLS.']);
  expect(brokenPromises(without(own, 'AlarmTopicPolicy'))).toEqual(['AlarmTopic: takes requests without TLS.']);
  expect(
    brokenPromises(changed(own, 'LedgerTable', (_, resource) => Object.assign(resource, { DeletionPolicy: 'Delete' }))),
  ).toEqual(['LedgerTable: is deleted with the stack.']);
  expect(
    brokenPromises(
      granting(filledIn, 'OnBatchRole', { Action: 's3:DeleteObject', Resource: 'arn:aws:s3:::acme-applications/*' }),
    ),
  ).toEqual(['OnDashbatchLambdaFunction: may s3:DeleteObject.']);
  expect(brokenPromises(changed(own, 'UploadPermission', (properties) => delete properties.SourceAccount))).toEqual([
    'UploadPermission: accepts events of every account.',
  ]);
  expect(
    brokenPromises(changed(own, 'OnDashuploadLogGroup', (properties) => delete properties.RetentionInDays)),
  ).toEqual(['OnDashuploadLambdaFunction: keeps its log forever.']);
  expect(
    brokenPromises(
      changed(own, 'OnDashuploadLambdaFunction', (properties) =>
        Object.assign(properties.Environment as Properties, { Variables: { REMOTE_FIELDS: 'x'.repeat(4000) } }),
      ),
    ),
  ).toEqual(['OnDashuploadLambdaFunction: has 4020 bytes of environment.']);
});

test('our own checks find objects owned by others, and data without expiry', () => {
  const own = shapeNamed('own bucket, no scan, no key, plain').filledIn;
  const brokenBy = (id: string, change: (properties: Properties) => unknown) =>
    brokenPromises(changed(own, id, (properties) => void change(properties)));
  const withoutRule = (ruleId: string) =>
    brokenBy('UploadBucket', (properties) => {
      const lifecycle = properties.LifecycleConfiguration as { Rules: { Id: string }[] };
      lifecycle.Rules = lifecycle.Rules.filter(({ Id }) => Id !== ruleId);
    });
  for (const bucket of ['UploadBucket', 'BatchBucket']) {
    expect(brokenBy(bucket, (properties) => delete properties.OwnershipControls)).toEqual([
      `${bucket}: leaves objects to their uploaders.`,
    ]);
  }
  expect(withoutRule('expire-cvs')).toEqual(['UploadBucket: keeps CVs forever.']);
  expect(withoutRule('expire-old-versions')).toEqual(['UploadBucket: keeps old versions forever.']);
  expect(withoutRule('abort-incomplete-uploads')).toEqual(['UploadBucket: keeps incomplete uploads forever.']);
  for (const TimeToLiveSpecification of [
    undefined,
    { AttributeName: 'expiresAt', Enabled: false },
    { AttributeName: 'expiry', Enabled: true },
  ]) {
    expect(brokenBy('LedgerTable', (properties) => Object.assign(properties, { TimeToLiveSpecification }))).toEqual([
      'LedgerTable: keeps entries forever.',
    ]);
  }
});

test('our own checks find code that may change networks, and a function that cannot join its VPC', () => {
  const { filledIn } = shapeNamed('own bucket, no scan, no key, a network of its own, plain');
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
  const { filledIn } = shapeNamed('own bucket, no scan, no key, plain');
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
  const { filledIn } = shapeNamed('own bucket, no scan, no key, plain');
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
  const { settled } = shapeNamed('own bucket, no scan, no key, plain');
  const circular = changed(settled, 'OnDashuploadLambdaFunction', (own) =>
    Object.assign(own.Environment as Properties, { Variables: { BUCKET: { Ref: 'UploadBucket' } } }),
  );
  expect(circle(circular)).toEqual(
    expect.arrayContaining(['UploadBucket', 'UploadPermission', 'OnDashuploadLambdaFunction']),
  );
  expect(danglingReferences(without(settled, 'AlarmTopicPolicy'))).toEqual([]);
  expect(danglingReferences(without(settled, 'FailureQueue'))).toContain('FailureReplay -> FailureQueue');
});
