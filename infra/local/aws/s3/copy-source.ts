import type { StoredVersion } from './bucket-index.ts';
import type { Context, Headers, S3Request } from './call.ts';
import { checkRead } from './conditions.ts';
import { refuseArchived } from './get-object.ts';
import { percentDecode } from './request.ts';
import { invalidArgument, S3Error } from './s3-error.ts';
import { findVersion, versionHeader } from './versions.ts';

export interface CopySource {
  /** Whether it is the newest version of the key that the copy goes to. */
  readonly isTarget: boolean;
  readonly version: StoredVersion;
  readonly answerHeaders: Headers;
}

/** What `x-amz-copy-source` names: `/bucket/key?versionId=...`, the first part percent-encoded. */
export const copySource = ({ store }: Context, request: S3Request): CopySource => {
  const source = request.headers['x-amz-copy-source'] ?? '';
  const [name = '', versionId] = source.split(/\?versionId=(?=[^?]*$)/);
  const [, bucketName, key] = /^\/?([^/]+)\/(.+)$/s.exec(percentDecode(name)) ?? [];
  if (bucketName === undefined || key === undefined) {
    const message = 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey';
    throw invalidArgument('x-amz-copy-source', source, message);
  }
  const bucket = store.index.bucket(bucketName);
  const version = findVersion(store.index, bucketName, key, versionId);
  refuseArchived(version);
  if (checkRead(request.headers, version, 'x-amz-copy-source-') === 'not-modified') {
    throw new S3Error('PreconditionFailed', { elements: { Condition: 'x-amz-copy-source-If-None-Match' } });
  }
  const { 'x-amz-version-id': copied } = versionHeader(bucket, version.id);
  return {
    isTarget: bucketName === request.bucket && key === request.key && versionId === undefined,
    version,
    answerHeaders: { 'x-amz-copy-source-version-id': copied },
  };
};
