import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Answer, Headers } from './call.ts';
import type { S3Error } from './s3-error.ts';
import { type Elements, xmlDocument } from './xml.ts';

const namespace = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

export const xmlAnswer = (root: string, elements: Elements | string, headers: Headers = {}): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/xml', ...headers },
  body: xmlDocument(root, elements, namespace),
});

/**
 * S3 error documents have no XML namespace.
 * @see Amazon S3 API Reference, "REST error responses"
 */
export const errorAnswer = ({ code, status, message, details }: S3Error, path: string, requestId: string): Answer => ({
  status,
  headers: { 'content-type': 'application/xml', ...details.headers },
  body: xmlDocument('Error', {
    Code: code,
    Message: message,
    ...details.elements,
    Resource: path,
    RequestId: requestId,
  }),
});

export const sendAnswer = async (response: ServerResponse, answer: Answer): Promise<void> => {
  const { status, headers = {}, body = '' } = answer;
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value);
  response.statusCode = status;
  if (body instanceof Readable) return pipeline(body, response);
  if (body !== '') response.setHeader('content-length', Buffer.byteLength(body));
  response.end(body);
};

export const isoTime = (ms: number): string => new Date(ms).toISOString();

export const quoted = (etag: string): string => `"${etag}"`;
