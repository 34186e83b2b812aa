import type { Restrictions } from '../kombo/read-restrictions.ts';
import { fail, ok, type Result } from '../result.ts';
import type { AttachmentType } from '../upload/target.ts';
import { sizeOverLimit } from './size-text.ts';

export const checkMaxBytes = (sizeBytes: number, maxBytes: number): Result<void> => {
  if (sizeBytes <= maxBytes) return ok(undefined);
  const { size, limit } = sizeOverLimit(sizeBytes, maxBytes);
  return fail('FILE_TOO_LARGE', `The file has ${size}; MAX_BYTES allows ${limit}.`);
};

/** The integration's own limit for attachments of this type; what is not known does not limit. */
export const checkIntegrationSize = (
  sizeBytes: number,
  type: AttachmentType,
  restrictions: Restrictions | undefined,
): Result<void> => {
  const maxBytes = restrictions?.[type]?.maxSizeBytes;
  if (maxBytes === undefined || sizeBytes <= maxBytes) return ok(undefined);
  const { size, limit } = sizeOverLimit(sizeBytes, maxBytes);
  return fail('FILE_TOO_LARGE', `The file has ${size}; the integration takes ${limit} as ${type}.`);
};

/**
 * Refuses a file whose event says that it is too large, before the object is opened. Nothing else is decided by that size:
 * events that said 0 have named good files, so the size of the opened object decides again.
 */
export const checkAnnouncedSize = (
  sizeBytes: number | undefined,
  type: AttachmentType,
  maxBytes: number,
  restrictions: Restrictions | undefined,
): Result<void> => {
  if (sizeBytes === undefined) return ok(undefined);
  const own = checkMaxBytes(sizeBytes, maxBytes);
  return own.ok ? checkIntegrationSize(sizeBytes, type, restrictions) : own;
};
