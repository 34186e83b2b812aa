import { canonicalType } from '../content-type/known-types.ts';
import type { Restrictions } from '../kombo/read-restrictions.ts';
import { fail, ok, type Result } from '../result.ts';
import type { AttachmentType } from '../upload/target.ts';

/** Whether the integration takes a file of this size and type. */
export const checkRestrictions = (
  restrictions: Restrictions | undefined,
  file: { readonly type: AttachmentType; readonly contentType: string; readonly sizeBytes: number },
): Result<void> => {
  const limit = restrictions?.[file.type];
  if (!limit) return ok(undefined);
  if (!limit.supported) return fail('TYPE_NOT_ALLOWED', `The integration takes no attachments of type ${file.type}.`);
  if (limit.maxSizeBytes !== undefined && file.sizeBytes > limit.maxSizeBytes) {
    return fail('FILE_TOO_LARGE', `The file has ${file.sizeBytes} bytes; the integration takes ${limit.maxSizeBytes}.`);
  }
  if (limit.contentTypes && !limit.contentTypes.some((accepted) => covers(accepted, file.contentType))) {
    return fail('TYPE_NOT_ALLOWED', `The integration does not take ${file.contentType} as ${file.type}.`);
  }
  return ok(undefined);
};

/** ATSs write types in many ways: other names of one type, capitals, "image" followed by an asterisk. */
const covers = (accepted: string, contentType: string): boolean => {
  const [main, sub] = accepted.trim().split('/');
  if (main === '*' || (sub === '*' && contentType.startsWith(`${main?.toLowerCase()}/`))) return true;
  return canonicalType(accepted) === canonicalType(contentType);
};
