import type { Bucket } from './bucket-index.ts';
import { checkRead } from './conditions.ts';
import type { Context } from './context.ts';
import { refuseArchived } from './get-object.ts';
import { versionHeader } from './object-headers.ts';
import { percentDecode, type S3Request } from './request.ts';
import { S3Error } from './s3-error.ts';
import { findVersion, type StoredVersion } from './versions.ts';

export interface CopySource {
  readonly bucket: Bucket;
  readonly key: string;
  /** Undefined where the newest one was meant. */
  readonly versionId: string | undefined;
  readonly version: StoredVersion;
  readonly answerHeaders: Readonly<Record<string, string | undefined>>;
}

/** What `x-amz-copy-source` names: `/bucket/key?versionId=...`, the first part percent-encoded. */
export const copySource = ({ store }: Context, { headers }: S3Request): CopySource => {
  const source = headers['x-amz-copy-source'] ?? '';
  const [, name = '', , versionId] = /^(.*?)(\?versionId=(.*))?$/s.exec(source) ?? [];
  const [, bucketName, key] = /^\/?([^/]+)\/(.+)$/s.exec(decoded(name)) ?? [];
  if (bucketName === undefined || key === undefined) {
    const message = 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey';
    throw new S3Error('InvalidArgument', {
      message,
      elements: { ArgumentName: 'x-amz-copy-source', ArgumentValue: source },
    });
  }
  const bucket = store.bucket(bucketName);
  const version = findVersion(bucket, key, versionId);
  refuseArchived(version);
  if (checkRead(headers, version, 'x-amz-copy-source-') === 'not-modified') {
    throw new S3Error('PreconditionFailed', { elements: { Condition: 'x-amz-copy-source-If-None-Match' } });
  }
  const { 'x-amz-version-id': copied } = versionHeader(bucket, version.id);
  return { bucket, key, versionId, version, answerHeaders: { 'x-amz-copy-source-version-id': copied } };
};

const decoded = (name: string): string => {
  try {
    return percentDecode(name);
  } catch {
    return '';
  }
};
