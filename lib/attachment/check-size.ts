import type { Restrictions } from '../kombo/read-restrictions.ts';
import { fail, ok, type Result } from '../result.ts';
import type { AttachmentType } from '../upload/target.ts';

export const checkMaxBytes = (sizeBytes: number, maxBytes: number): Result<void> =>
  sizeBytes <= maxBytes
    ? ok(undefined)
    : fail('FILE_TOO_LARGE', `The file has ${sizeBytes} bytes; MAX_BYTES allows ${maxBytes}.`);

/** The integration's own limit for attachments of this type; what is not known does not limit. */
export const checkIntegrationSize = (
  sizeBytes: number,
  type: AttachmentType,
  restrictions: Restrictions | undefined,
): Result<void> => {
  const maxBytes = restrictions?.[type]?.maxSizeBytes;
  return maxBytes === undefined || sizeBytes <= maxBytes
    ? ok(undefined)
    : fail('FILE_TOO_LARGE', `The file has ${sizeBytes} bytes; the integration takes ${maxBytes}.`);
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
