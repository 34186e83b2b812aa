import { resourcePolicies, roleStatements, type Statement } from './statements.ts';
import { at, type JsonObject, listOf, resourcesOf, type Template } from './template.ts';

/** The promises of this stack beyond the rules that AWS publishes: one line per broken promise, for a filled-in template. */
export const brokenPromises = (template: Template): readonly string[] => [
  ...withoutTls(template),
  ...notRetained(template),
  ...ownedByUploaders(template),
  ...openToOthers(template),
  ...writingRoles(template),
  ...networkOfOwnCode(template),
  ...functionFaults(template),
];

/** Every bucket, queue and topic refuses requests without TLS. */
const withoutTls = (template: Template): readonly string[] => {
  const refusing = resourcePolicies(template).flatMap(([id, statements]) =>
    statements.some(
      ({ effect, actions, raw }) =>
        effect === 'Deny' &&
        actions.some((action) => /^(s3|sqs):\*$|^sns:Publish$/.test(action)) &&
        at(raw, 'Principal') === '*' &&
        at(raw, 'Condition', 'Bool', 'aws:SecureTransport') === 'false',
    )
      ? [id]
      : [],
  );
  const named = (id: string) => {
    const properties = template.Resources[id]?.Properties ?? {};
    return [properties.Bucket, ...listOf(properties.Queues), ...listOf(properties.Topics)].map(String);
  };
  const covered = new Set(refusing.flatMap(named));
  const names: readonly (readonly [string, string])[] = [
    ...resourcesOf(template, 'AWS::S3::Bucket').map(
      ([id, own]) => [id, String(own.BucketName ?? id.toLowerCase())] as const,
    ),
    ...resourcesOf(template, 'AWS::SQS::Queue').map(([id, own]) => [id, `/${String(own.QueueName)}`] as const),
    ...resourcesOf(template, 'AWS::SNS::Topic').map(([id, own]) => [id, `:${String(own.TopicName)}`] as const),
  ];
  return names
    .filter(([, name]) => ![...covered].some((policy) => policy === name || policy.endsWith(name)))
    .map(([id]) => `${id}: takes requests without TLS.`);
};

/** Resources with CVs, or with records of their deliveries, are kept when the stack is deleted. */
const notRetained = (template: Template): readonly string[] =>
  ['UploadBucket', 'UploadBucketPolicy', 'LedgerTable', 'BatchBucket', 'BatchBucketPolicy'].flatMap((id) => {
    const resource = template.Resources[id];
    const retained = resource?.DeletionPolicy === 'Retain' && resource.UpdateReplacePolicy === 'Retain';
    return resource === undefined || retained ? [] : [`${id}: is deleted with the stack.`];
  });

/** The bucket's owner owns every object, including uploads of other accounts, and ACLs have no effect. */
const ownedByUploaders = (template: Template): readonly string[] =>
  resourcesOf(template, 'AWS::S3::Bucket')
    .filter(([, own]) => at(own, 'OwnershipControls', 'Rules', 0, 'ObjectOwnership') !== 'BucketOwnerEnforced')
    .map(([id]) => `${id}: leaves objects to their uploaders.`);

/** Other services have access, but only on behalf of one named resource or account. */
const openToOthers = (template: Template): readonly string[] => {
  const permissions = resourcesOf(template, 'AWS::Lambda::Permission')
    .filter(
      ([, own]) =>
        own.SourceArn === undefined || (own.Principal === 's3.amazonaws.com' && own.SourceAccount === undefined),
    )
    .map(([id]) => `${id}: accepts events of every account.`);
  const policies = resourcePolicies(template).flatMap(([id, statements]) =>
    statements
      .filter(({ effect, raw }) => effect !== 'Deny' && !isNarrowed(raw))
      .map(({ raw }) => `${id}.${String(raw.Sid)}: accepts events of every account.`),
  );
  const trusts = resourcesOf(template, 'AWS::IAM::Role').flatMap(([id, own]) =>
    listOf(at(own, 'AssumeRolePolicyDocument', 'Statement'))
      .filter((statement) => at(statement, 'Principal', 'Service') === undefined)
      .map(() => `${id}: can be assumed by others than a service.`),
  );
  return [...permissions, ...policies, ...trusts];
};

const isNarrowed = (statement: JsonObject): boolean =>
  at(statement, 'Principal', 'Service') !== undefined &&
  (at(statement, 'Condition', 'ArnLike', 'aws:SourceArn') !== undefined ||
    at(statement, 'Condition', 'StringEquals', 'aws:SourceAccount') !== undefined);

/** The functions read CVs; none may write, tag or delete one. on-schedule may put one object, the canary, by its full key. */
const writingRoles = (template: Template): readonly string[] =>
  resourcesOf(template, 'AWS::Lambda::Function').flatMap(([id, own]) => {
    const role = String(own.Role).split('/').at(-1) ?? '';
    const canary = String(at(own, 'Environment', 'Variables', 'CANARY_KEY') ?? '');
    const isCanary = ({ actions, resources }: Statement): boolean =>
      id === 'OnDashscheduleLambdaFunction' &&
      canary !== '' &&
      actions.join() === 's3:PutObject' &&
      resources.length === 1 &&
      /^arn:aws:s3:::[^/]+\/([^*?]+)$/.exec(resources[0] ?? '')?.[1] === canary;
    return roleStatements(template, role)
      .filter((statement) => !isCanary(statement))
      .flatMap(({ actions }) => actions)
      .filter((action) => action.startsWith('s3:') && !/^s3:(Get|List)/.test(action))
      .map((action) => `${id}: may ${action}.`);
  });

/** The rights with which Lambda joins a VPC are in the functions' roles; a function's own code must not have them. */
const networkOfOwnCode = (template: Template): readonly string[] =>
  resourcesOf(template, 'AWS::Lambda::Function').flatMap(([id, own]) => {
    const statements = roleStatements(template, String(own.Role).split('/').at(-1) ?? '');
    const allowed = statements
      .filter(({ effect }) => effect === 'Allow')
      .flatMap(({ actions }) => actions)
      .filter((action) => action.startsWith('ec2:'));
    const denied = statements
      .filter(
        ({ effect, raw }) =>
          effect === 'Deny' &&
          new RegExp(`:function:${String(own.FunctionName).replace(/on-\w+$/, '\\*')}$`).test(
            String(at(raw, 'Condition', 'ArnLike', 'lambda:SourceFunctionArn')),
          ),
      )
      .flatMap(({ actions }) => actions);
    if (own.VpcConfig === undefined && allowed.length > 0)
      return [`${id}: may change networks although it is in no VPC.`];
    if (own.VpcConfig !== undefined && allowed.length === 0) return [`${id}: cannot join its VPC.`];
    return allowed.filter((action) => !denied.includes(action)).map((action) => `${id}: its code may ${action}.`);
  });

/** AWS allows 4 KB of environment. Without a log group in the stack, a function's log would never expire. */
const functionFaults = (template: Template): readonly string[] => {
  const logGroups = resourcesOf(template, 'AWS::Logs::LogGroup');
  return resourcesOf(template, 'AWS::Lambda::Function').flatMap(([id, own]) => {
    const environmentBytes = Buffer.byteLength(JSON.stringify(at(own, 'Environment', 'Variables')));
    const logGroup = logGroups.find(([, group]) => group.LogGroupName === `/aws/lambda/${String(own.FunctionName)}`);
    return [
      ...(environmentBytes > 3_500 ? [`${id}: has ${environmentBytes} bytes of environment.`] : []),
      ...(logGroup?.[1].RetentionInDays === undefined ? [`${id}: keeps its log forever.`] : []),
    ];
  });
};
