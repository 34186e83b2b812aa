import type { Call } from './call.ts';
import { checksumHeaders } from './checksums.ts';
import { checkWrite } from './conditions.ts';
import { describe, writtenHeaders } from './object-headers.ts';
import { receiveBody } from './receive-body.ts';
import { addObject } from './versions.ts';

export const putObject: Call = async (context, request) => {
  const { index } = context.store;
  index.bucket(request.bucket);
  const description = describe(request.headers);
  // Checked before the body, so that a refused upload is not sent, and again after it, because another upload may have
  // finished first.
  checkWrite(index, request);
  const added = await addObject(context, request, { source: receiveBody(request), description, event: 'Put' });
  return { status: 200, headers: { ...writtenHeaders(added), ...checksumHeaders(added.version.checksum) } };
};
