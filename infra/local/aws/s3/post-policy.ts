import { isObject, list, parseJson, text } from '../../../../lib/json.ts';
import { S3Error } from './s3-error.ts';

type Fields = Readonly<Record<string, string>>;

/**
 * Checks the end and the conditions of a form's policy; a form without a policy may do anything, as without a signature.
 * @param fields of the form, with its bucket and its final key
 * @throws {S3Error} AccessDenied, InvalidPolicyDocument, EntityTooSmall, EntityTooLarge
 * @see Amazon S3 API Reference, "POST Policy"
 */
export const checkPolicy = (fields: Fields, sizeBytes: number): void => {
  if (fields.policy === undefined) return;
  const policy = parseJson(Buffer.from(fields.policy, 'base64').toString('utf8'));
  const conditions = isObject(policy) ? list(policy.conditions) : undefined;
  const endsMs = isObject(policy) ? Date.parse(text(policy.expiration) ?? '') : Number.NaN;
  if (conditions === undefined || Number.isNaN(endsMs)) throw new S3Error('InvalidPolicyDocument');
  if (Date.now() >= endsMs) throw denied('Policy expired.');
  for (const condition of conditions) {
    if (!holds(condition, fields, sizeBytes)) throw denied(`Policy Condition failed: ${JSON.stringify(condition)}`);
  }
};

const denied = (why: string): S3Error =>
  new S3Error('AccessDenied', { message: `Invalid according to Policy: ${why}` });

/** Either `{ field: value }` or `[operator, $field, value]`. */
const holds = (condition: unknown, fields: Fields, sizeBytes: number): boolean => {
  const fieldOf = (name: string) => fields[name.replace(/^\$/, '').toLowerCase()] ?? '';
  if (!Array.isArray(condition)) {
    return isObject(condition) && Object.entries(condition).every(([name, value]) => fieldOf(name) === value);
  }
  const [operator = '', field = '', value = ''] = condition.map(String);
  switch (operator.toLowerCase()) {
    case 'content-length-range': {
      const elements = { ProposedSize: sizeBytes, MinSizeAllowed: field, MaxSizeAllowed: value };
      if (sizeBytes < Number(field)) throw new S3Error('EntityTooSmall', { elements });
      if (sizeBytes > Number(value)) throw new S3Error('EntityTooLarge', { elements });
      return true;
    }
    case 'eq':
      return fieldOf(field) === value;
    case 'starts-with':
      return fieldOf(field).startsWith(value);
    default:
      return false;
  }
};
