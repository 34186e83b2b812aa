import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { isObject } from '../../../../lib/json.ts';

export type Attributes = Readonly<Record<string, AttributeValue>>;

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * Calls dynalite in process: its request listener gets a request that has already been read, and its answer is
 * captured.
 */
export interface DynaliteCaller {
  send(operation: string, body: string, headers?: IncomingHttpHeaders): Promise<Answer>;
  /**
   * A call that the wrapper makes itself.
   * @throws when dynalite refuses it.
   */
  ask<Result>(operation: string, input: object): Promise<Result>;
  keyNamesOf(tableName: string): Promise<readonly string[]>;
}

/** Only the format of a signature is checked, so these values are made up. */
const ownHeaders = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request,SignedHeaders=host,Signature=0',
};

export const dynaliteCaller = (listener: RequestListener): DynaliteCaller => {
  const send: DynaliteCaller['send'] = (operation, body, headers = ownHeaders) =>
    new Promise((resolve) => {
      const request = Object.assign(new EventEmitter(), {
        method: 'POST',
        url: '/',
        headers: { ...headers, 'x-amz-target': `DynamoDB_20120810.${operation}` },
      });
      const response = {
        statusCode: 200,
        setHeader: () => undefined,
        end: (text = '') => resolve({ status: response.statusCode, body: text }),
      };
      // Dynalite uses only these members of the request and the response.
      listener(
        request as unknown as Parameters<RequestListener>[0],
        response as unknown as Parameters<RequestListener>[1],
      );
      // Dynalite throws here on some malformed requests; thrown from a request event, the error would end the whole
      // stack.
      try {
        request.emit('data', Buffer.from(withoutNull(body)));
        request.emit('end');
      } catch (error) {
        resolve(refusal(String(error)));
      }
    });
  const ask: DynaliteCaller['ask'] = async (operation, input) => {
    const { status, body } = await send(operation, JSON.stringify(input));
    if (status !== 200) throw new Error(`dynalite refuses ${operation}: ${body}`);
    return JSON.parse(body);
  };
  const keyNamesOf: DynaliteCaller['keyNamesOf'] = async (TableName) => {
    const { Table } = await ask<{ Table: { KeySchema: { AttributeName: string }[] } }>('DescribeTable', { TableName });
    return Table.KeySchema.map(({ AttributeName }) => AttributeName);
  };
  return { send, ask, keyNamesOf };
};

export const refusal = (message: string): Answer => ({
  status: 400,
  body: JSON.stringify({ __type: 'com.amazon.coral.validate#ValidationException', message }),
});

/**
 * DynamoDB treats a member that is null as missing; dynalite would try to read its fields. Text that is not a JSON
 * object is passed on as invalid JSON, which dynalite refuses as DynamoDB does.
 */
const withoutNull = (body: string): string => {
  try {
    const input = JSON.parse(body, function (this: unknown, _, value) {
      return value === null ? (Array.isArray(this) ? {} : undefined) : value;
    });
    if (isObject(input)) return JSON.stringify(input);
  } catch {}
  return '-';
};

/** Writes an answer as DynamoDB sends it, with the checksum that its clients verify. */
export const writeAnswer = (response: ServerResponse, { status, body }: Answer): void => {
  response
    .writeHead(status, {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': Buffer.byteLength(body),
      'x-amz-crc32': crc32(body),
      'x-amzn-requestid': randomUUID(),
    })
    .end(body);
};
