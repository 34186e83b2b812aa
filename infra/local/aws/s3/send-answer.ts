import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Answer } from './answer.ts';
import type { S3Error } from './s3-error.ts';
import { xmlError } from './xml.ts';

export const sendAnswer = async (
  response: ServerResponse,
  { status, headers = {}, body = '' }: Answer,
): Promise<void> => {
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value);
  response.statusCode = status;
  if (body instanceof Readable) {
    await pipeline(body, response);
    return;
  }
  if (body !== '') response.setHeader('content-length', Buffer.byteLength(body));
  response.end(body);
};

/** @see Amazon S3 API Reference, "REST error responses" */
export const errorAnswer = (error: S3Error, path: string, requestId: string): Answer => ({
  status: error.status,
  headers: { 'content-type': 'application/xml', ...error.headers },
  body: xmlError({
    Code: error.code,
    Message: error.message,
    ...error.elements,
    Resource: path,
    RequestId: requestId,
    HostId: 'local',
  }),
});
