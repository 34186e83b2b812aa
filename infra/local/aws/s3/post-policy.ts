import { isObject, list, parseJson } from '../../../../lib/json.ts';
import { S3Error } from './s3-error.ts';

const needsNoCondition = /^(?:policy|bucket|awsaccesskeyid|signature|x-amz-signature|x-ignore-.*)$/;

const denied = (why: string): S3Error =>
  new S3Error('AccessDenied', { message: `Invalid according to Policy: ${why}` });

/** `{ field: value }` means the same as `['eq', '$field', value]`. */
const rulesOf = (condition: unknown): readonly (readonly string[])[] =>
  Array.isArray(condition)
    ? [condition.map(String)]
    : Object.entries(condition ?? {}).map(([name, value]) => ['eq', name, String(value)]);

/**
 * Checks that a form's policy has not expired, that its conditions are met, and that every field has a condition. A
 * form without a policy may do anything here.
 * @param fields of the form, with its bucket and its final key
 * @throws {S3Error} AccessDenied, InvalidPolicyDocument, EntityTooSmall, EntityTooLarge
 * @see Amazon S3 API Reference, "POST Policy"
 */
export const checkPolicy = (fields: Readonly<Record<string, string>>, sizeBytes: number): void => {
  if (fields.policy === undefined) return;
  const policy = parseJson(Buffer.from(fields.policy, 'base64').toString('utf8'));
  if (!isObject(policy)) throw new S3Error('InvalidPolicyDocument');
  if (!(Date.now() < Date.parse(String(policy.expiration)))) throw denied('Policy expired.');
  const extra = new Set(Object.keys(fields).filter((name) => !needsNoCondition.test(name)));
  for (const rule of list(policy.conditions)?.flatMap(rulesOf) ?? []) {
    const [operator, target = '', value = ''] = rule;
    const name = target.replace(/^\$/, '').toLowerCase();
    const field = fields[name] ?? '';
    if (operator === 'content-length-range') {
      if (sizeBytes < Number(target)) throw new S3Error('EntityTooSmall');
      if (sizeBytes > Number(value)) throw new S3Error('EntityTooLarge');
    } else if (operator === 'eq' ? field !== value : operator !== 'starts-with' || !field.startsWith(value)) {
      throw denied(`Policy Condition failed: ${JSON.stringify(rule)}`);
    }
    extra.delete(name);
  }
  if (extra.size > 0) throw denied(`Extra input fields: ${[...extra].join(', ')}`);
};
