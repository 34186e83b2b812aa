import { canonicalType } from '../content-type/known-types.ts';
import type { Restrictions } from '../kombo/read-restrictions.ts';
import { fail, ok, type Result } from '../result.ts';
import type { AttachmentType } from '../upload/target.ts';
import { checkIntegrationSize } from './check-size.ts';

/** Whether the integration accepts a file of this size and type. */
export const checkRestrictions = (
  restrictions: Restrictions | undefined,
  file: { readonly type: AttachmentType; readonly contentType: string; readonly sizeBytes: number },
): Result<void> => {
  const limit = restrictions?.[file.type];
  if (!limit) return ok(undefined);
  if (!limit.supported) return fail('TYPE_NOT_ALLOWED', `The integration accepts no attachments of type ${file.type}.`);
  const size = checkIntegrationSize(file.sizeBytes, file.type, restrictions);
  if (!size.ok) return size;
  if (limit.contentTypes && !limit.contentTypes.some((accepted) => covers(accepted, file.contentType))) {
    return fail(
      'TYPE_NOT_ALLOWED',
      `The integration does not accept ${file.contentType} as ${file.type}; it accepts ${limit.contentTypes.join(', ')}.`,
    );
  }
  return ok(undefined);
};

/** ATSs spell types in many ways: aliases, capitals, or "image" followed by an asterisk. */
const covers = (accepted: string, contentType: string): boolean => {
  const [main, sub] = accepted.trim().split('/');
  if (main === '*' || (sub === '*' && contentType.startsWith(`${main?.toLowerCase()}/`))) return true;
  return canonicalType(accepted) === canonicalType(contentType);
};
