import type { Restrictions } from '../kombo/read-restrictions.ts';
import { fail, ok, type Result } from '../result.ts';
import type { AttachmentType } from '../upload/target.ts';
import { sizeOverLimit } from './size-text.ts';

export const checkMaxBytes = (sizeBytes: number, maxBytes: number): Result<void> => {
  if (sizeBytes <= maxBytes) return ok(undefined);
  const { size, limit } = sizeOverLimit(sizeBytes, maxBytes);
  return fail('FILE_TOO_LARGE', `The file has ${size}; MAX_BYTES allows ${limit}.`);
};

/** The integration's own limit for attachments of this type. An unknown limit does not restrict. */
export const checkIntegrationSize = (
  sizeBytes: number,
  type: AttachmentType,
  restrictions: Restrictions | undefined,
): Result<void> => {
  const maxBytes = restrictions?.[type]?.maxSizeBytes;
  if (maxBytes === undefined || sizeBytes <= maxBytes) return ok(undefined);
  const { size, limit } = sizeOverLimit(sizeBytes, maxBytes);
  return fail('FILE_TOO_LARGE', `The file has ${size}; the integration accepts up to ${limit} as ${type}.`);
};

/**
 * Rejects a file that is too large according to its event, before the object is opened. Events have reported size 0 for
 * good files, so the event's size decides nothing else, and the size of the opened object is checked again.
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
