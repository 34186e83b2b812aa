import type { Call } from './call.ts';
import { checksumHeaders } from './checksums.ts';
import { checkWrite } from './conditions.ts';
import { describe, writtenHeaders } from './object-headers.ts';
import { receiveBody } from './receive-body.ts';
import { addObject } from './versions.ts';

export const putObject: Call = async (context, request) => {
  const { bucket, key, headers } = request;
  const { index } = context.store;
  index.bucket(bucket);
  const description = describe(headers);
  // Before the body, so a refused upload need not be sent; again after it, because another one may have come first.
  checkWrite(index, request);
  const { source, verify } = receiveBody(request);
  const added = await addObject(context, {
    bucket,
    key,
    source,
    description,
    event: 'Put',
    accept: (content) => {
      verify(content);
      checkWrite(index, request);
      return content;
    },
  });
  return { status: 200, headers: { ...writtenHeaders(added), ...checksumHeaders(added.version.checksum) } };
};
