import { isObject, list, parseJson, text } from '../../../../lib/json.ts';
import { S3Error } from './s3-error.ts';

type Fields = Readonly<Record<string, string>>;

/** What the policy of an upload form still has to say once the file's size is known. */
export type CheckSize = (sizeBytes: number) => void;

/**
 * Checks the end and the conditions of a form's policy; a form without a policy may do anything, as without a signature.
 * @throws {S3Error} AccessDenied, InvalidPolicyDocument; later EntityTooSmall, EntityTooLarge
 * @see Amazon S3 API Reference, "POST Policy"
 */
export const checkPolicy = (bucket: string, key: string, fields: Fields): CheckSize => {
  if (fields.policy === undefined) return () => undefined;
  const policy = parseJson(Buffer.from(fields.policy, 'base64').toString('utf8'));
  const conditions = isObject(policy) ? list(policy.conditions) : undefined;
  const endsMs = isObject(policy) ? Date.parse(text(policy.expiration) ?? '') : Number.NaN;
  if (conditions === undefined || Number.isNaN(endsMs)) throw new S3Error('InvalidPolicyDocument');
  if (Date.now() >= endsMs) throw denied('Policy expired.');
  const sizes = conditions.flatMap((condition) => sizeRange(condition));
  const values: Fields = { ...fields, bucket, key };
  for (const condition of conditions) {
    if (!holds(condition, values)) throw denied(`Policy Condition failed: ${JSON.stringify(condition)}`);
  }
  return (sizeBytes) => {
    for (const { min, max } of sizes) {
      if (sizeBytes < min)
        throw new S3Error('EntityTooSmall', { elements: elementsOf(sizeBytes, 'MinSizeAllowed', min) });
      if (sizeBytes > max)
        throw new S3Error('EntityTooLarge', { elements: elementsOf(sizeBytes, 'MaxSizeAllowed', max) });
    }
  };
};

const denied = (why: string): S3Error =>
  new S3Error('AccessDenied', { message: `Invalid according to Policy: ${why}` });

const elementsOf = (sizeBytes: number, name: string, limit: number) => ({
  ProposedSize: String(sizeBytes),
  [name]: String(limit),
});

const sizeRange = (condition: unknown): readonly { readonly min: number; readonly max: number }[] => {
  const [name, min, max] = list(condition) ?? [];
  return name === 'content-length-range' ? [{ min: Number(min), max: Number(max) }] : [];
};

/** Either `{ field: value }` or `[operator, $field, value]`. */
const holds = (condition: unknown, values: Fields): boolean => {
  const fieldOf = (name: string) => values[name.toLowerCase()] ?? '';
  if (Array.isArray(condition)) {
    const [operator, field, value] = condition.map(String);
    if (operator?.toLowerCase() === 'content-length-range') return true;
    const found = fieldOf(field?.replace(/^\$/, '') ?? '');
    if (operator?.toLowerCase() === 'eq') return found === value;
    return operator?.toLowerCase() === 'starts-with' && value !== undefined && found.startsWith(value);
  }
  return isObject(condition) && Object.entries(condition).every(([name, value]) => fieldOf(name) === value);
};
