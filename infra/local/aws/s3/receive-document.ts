import type { Context } from './context.ts';
import { receiveBody } from './receive-body.ts';
import type { S3Request } from './request.ts';
import { S3Error } from './s3-error.ts';
import { readXml } from './xml.ts';

/** The XML of a request, verified as the body of an upload is. */
export const receiveDocument = async (
  context: Context,
  request: S3Request,
  root: string,
  { digestRequired = false } = {},
): Promise<Readonly<Record<string, unknown>>> => {
  const names = Object.keys(request.headers);
  const isVerifiable = names.some((name) => name === 'content-md5' || /^x-amz-(checksum-|trailer$)/.test(name));
  if (digestRequired && !isVerifiable) {
    const message = 'Missing required header for this request: Content-MD5 OR x-amz-checksum-*';
    throw new S3Error('InvalidRequest', { message });
  }
  const { file } = await receiveBody(context, request);
  try {
    return await readXml(context.store.read(file), root);
  } finally {
    context.store.discard(file);
  }
};
