import type { Answer } from './answer.ts';
import type { Context } from './context.ts';
import { isArchived } from './get-object.ts';
import type { S3Request } from './request.ts';
import { S3Error } from './s3-error.ts';
import { findVersion } from './versions.ts';

/**
 * An archive takes hours to give an object back, so only the refusal is simulated: of an object that is not archived.
 * @throws {S3Error} InvalidObjectState, NotImplemented
 */
export const restoreObject = async ({ store }: Context, { bucket, key, query }: S3Request): Promise<Answer> => {
  const version = findVersion(store.bucket(bucket), key, query.get('versionId'));
  if (isArchived(version)) throw new S3Error('NotImplemented', { elements: { Header: 'restore' } });
  const message = "Restore is not allowed for the object's current storage class";
  throw new S3Error('InvalidObjectState', { message });
};
