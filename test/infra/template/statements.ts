import { at, type JsonObject, objectsIn, resourcesOf, stringsIn, type Template } from './template.ts';

export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly raw: JsonObject;
}

const statementOf = (raw: JsonObject): Statement => ({
  effect: String(raw.Effect),
  actions: stringsIn(raw.Action),
  resources: stringsIn(raw.Resource),
  raw,
});

/** The statements of a role's inline policies, in a filled-in template. */
export const roleStatements = (template: Template, roleId: string): readonly Statement[] =>
  objectsIn(at(template.Resources[roleId]?.Properties, 'Policies'))
    .flatMap((policy) => objectsIn(at(policy, 'PolicyDocument', 'Statement')))
    .map(statementOf);

/** The statements of policies on resources (buckets, queues, topics), by the policy's logical id. */
export const resourcePolicies = (template: Template): readonly (readonly [string, readonly Statement[]])[] =>
  ['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy']
    .flatMap((type) => resourcesOf(template, type))
    .map(([id, properties]) => [id, objectsIn(at(properties, 'PolicyDocument', 'Statement')).map(statementOf)]);

export const roleIds = (template: Template): readonly string[] =>
  resourcesOf(template, 'AWS::IAM::Role').map(([id]) => id);

/** The role that a function runs under, by the function's short name (on-upload). */
export const roleOfFunction = (template: Template, functionName: string): string => {
  const found = resourcesOf(template, 'AWS::Lambda::Function').find(([, properties]) =>
    String(properties.FunctionName).endsWith(`-${functionName}`),
  );
  if (found === undefined) throw new Error(`There is no function ${functionName}.`);
  return String(found[1].Role).split('/').at(-1) ?? '';
};
