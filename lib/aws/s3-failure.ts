import { S3ServiceException } from '@aws-sdk/client-s3';
import { fail, type Result } from '../result.ts';

/** Maps S3 errors to codes of the failure table. An error that is not known to be final can be retried. */
export const s3Failure = (error: unknown): Result<never> => {
  const name = error instanceof Error ? error.name : 'UnknownError';
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  const detail = `S3 answered ${name}${status === undefined ? '' : ` (HTTP ${status})`}.`;
  if (name === 'NoSuchBucket') return fail('BUCKET_NOT_FOUND', detail);
  if (name === 'InvalidObjectState') return fail('OBJECT_ARCHIVED', detail);
  if (name.startsWith('KMS.') || status === 403) return fail('STORAGE_DENIED', detail);
  if (status === 404) return fail('OBJECT_DELETED', detail);
  if (status === 412) return fail('OBJECT_REPLACED', detail);
  return fail('STORAGE_UNAVAILABLE', detail);
};
