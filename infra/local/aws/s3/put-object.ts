import { type Answer, quoted } from './answer.ts';
import { checksumHeaders } from './checksums.ts';
import { checkWrite } from './conditions.ts';
import type { Context } from './context.ts';
import { describe, newVersionHeader } from './object-headers.ts';
import { receiveBody } from './receive-body.ts';
import type { S3Request } from './request.ts';
import { addVersion, currentVersion } from './versions.ts';

export const putObject = async (context: Context, request: S3Request): Promise<Answer> => {
  const { bucket: name, key, headers } = request;
  const check = (bucket = context.store.bucket(name)) => checkWrite(headers, key, currentVersion(bucket, key));
  const description = describe(headers);
  // Before the body, so a refused upload need not be sent; again after it, because another one may have come first.
  check();
  const { md5: etag, ...received } = await receiveBody(context, request);
  const { bucket, version } = await addVersion(context, name, key, {
    ...received,
    etag,
    description,
    event: 'Put',
    check,
  });
  return {
    status: 200,
    headers: {
      etag: quoted(etag),
      ...checksumHeaders(version.checksum),
      ...newVersionHeader(bucket, version.id),
      'x-amz-server-side-encryption': 'AES256',
    },
  };
};
