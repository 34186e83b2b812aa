import { roleOfFunction, roleStatements } from '../template/statements.ts';
import { at, listOf, resourcesOf, type Template } from '../template/template.ts';

/** The right that each command needs, and its resource. Written by hand from the Service Authorization Reference. */
const rightOfCommand: Readonly<Record<string, string>> = {
  GetItemCommand: 'dynamodb:GetItem on table',
  BatchGetItemCommand: 'dynamodb:BatchGetItem on table',
  PutItemCommand: 'dynamodb:PutItem on table',
  UpdateItemCommand: 'dynamodb:UpdateItem on table',
  DeleteItemCommand: 'dynamodb:DeleteItem on table',
  ScanCommand: 'dynamodb:Scan on table',
  'QueryCommand byWork': 'dynamodb:Query on index byWork',
  'QueryCommand byTarget': 'dynamodb:Query on index byTarget',
  GetObjectCommand: 's3:GetObject on objects',
  'GetObjectCommand of a version': 's3:GetObjectVersion on objects',
  PutObjectCommand: 's3:PutObject on objects',
  HeadObjectCommand: 's3:GetObject on objects',
  GetObjectTaggingCommand: 's3:GetObjectTagging on objects',
  ListObjectsV2Command: 's3:ListBucket on bucket',
  GetBucketVersioningCommand: 's3:GetBucketVersioning on bucket',
  GetBucketLifecycleConfigurationCommand: 's3:GetLifecycleConfiguration on bucket',
  GetTopicAttributesCommand: 'sns:GetTopicAttributes on topic',
  GetSecretValueCommand: 'secretsmanager:GetSecretValue on secret',
};

/** The rights that commands need. A command missing in the table becomes an unknown right, which no role can have. */
export const rightsNeeded = (commands: Iterable<string>): ReadonlySet<string> =>
  new Set([...commands].map((command) => rightOfCommand[command] ?? `an unknown right for ${command}`));

/**
 * The rights that Lambda itself uses with the function's role, as the template configures it: to write the log, to send failed
 * events to a queue, to read a queue. And ListBucket, without which S3 reports a deleted object as forbidden, not as missing.
 */
export const rightsOfLambda = (
  template: Template,
  functionName: string,
  commands: ReadonlySet<string>,
): ReadonlySet<string> => {
  const ofThis = (properties: { readonly [name: string]: unknown }) =>
    String(properties.FunctionName).endsWith(`-${functionName}`);
  const rights = ['logs:CreateLogStream on log', 'logs:PutLogEvents on log'];
  for (const [, properties] of resourcesOf(template, 'AWS::Lambda::EventInvokeConfig')) {
    if (ofThis(properties) && at(properties, 'DestinationConfig', 'OnFailure') !== undefined) {
      rights.push('sqs:SendMessage on queue');
    }
  }
  if (resourcesOf(template, 'AWS::Lambda::EventSourceMapping').some(([, properties]) => ofThis(properties))) {
    rights.push('sqs:ReceiveMessage on queue', 'sqs:DeleteMessage on queue', 'sqs:GetQueueAttributes on queue');
  }
  if ([...commands].some((command) => /^(Get|Head)Object/.test(command))) rights.push('s3:ListBucket on bucket');
  return new Set(rights);
};

/** The kind of a resource, by the form of its ARN. */
const kinds: readonly (readonly [RegExp, string])[] = [
  [/^arn:aws:dynamodb:[^:]+:[^:]+:table\/[^/]+$/, 'table'],
  [/^arn:aws:dynamodb:[^:]+:[^:]+:table\/[^/]+\/index\/byWork$/, 'index byWork'],
  [/^arn:aws:dynamodb:[^:]+:[^:]+:table\/[^/]+\/index\/byTarget$/, 'index byTarget'],
  [/^arn:aws:s3:::[^/]+\/.+$/, 'objects'],
  [/^arn:aws:s3:::[^/]+$/, 'bucket'],
  [/^arn:aws:secretsmanager:/, 'secret'],
  [/^arn:aws:sns:/, 'topic'],
  [/^arn:aws:sqs:/, 'queue'],
  [/^arn:aws:logs:/, 'log'],
  [/^arn:aws:kms:/, 'key'],
];
const kindOf = (resource: string): string => kinds.find(([form]) => form.test(resource))?.[1] ?? resource;

/** The rights that a function's role gives it, in a filled-in template: "action on kind of resource". */
export const rightsGiven = (template: Template, functionName: string): ReadonlySet<string> =>
  new Set(
    roleStatements(template, roleOfFunction(template, functionName)).flatMap(({ actions, resources, raw }) =>
      actions.flatMap((action) =>
        resources.flatMap((resource) => {
          const services = listOf(at(raw, 'Condition', 'StringEquals', 'kms:ViaService'));
          const through = services.map((service) => ` through ${String(service).split('.')[0]}`);
          return (through.length > 0 ? through : ['']).map((way) => `${action} on ${kindOf(resource)}${way}`);
        }),
      ),
    ),
  );
