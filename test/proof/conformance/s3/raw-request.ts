import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Mismatch } from '../check.ts';
import { type Signing, signerOf } from './sign.ts';

/** Signs more strings with the key of a signed request: the chunks of a streamed body. */
export interface Seed {
  readonly signature: string;
  readonly date: Date;
  readonly region: string;
  sign(text: string): Promise<string>;
}

export type RawBody = string | Uint8Array;

export interface RawRequest {
  readonly method: string;
  /** The path as it is sent: already encoded, never normalized. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RawBody | ((seed: Seed) => Promise<RawBody>);
  /** `false` sends no Content-Length; a number may be wrong. */
  readonly contentLength?: number | false;
  /** The value of x-amz-content-sha256. */
  readonly payload?: string;
  /** Writes the body in pieces of this many bytes, each with its own write. */
  readonly pieceBytes?: number;
  /** Closes the connection after the body was written, without waiting for an answer. */
  readonly breakOff?: boolean;
  readonly unsigned?: boolean;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The server sent 100 Continue before its answer. */
  readonly continued: boolean;
}

const timeoutMs = 10_000;

/** Requests that no SDK can send: paths, framing and lengths exactly as a check needs them, signed for servers that verify. */
export const rawRequest = async (endpoint: URL, signing: Signing, wanted: RawRequest): Promise<RawAnswer> => {
  const { headers, seed } = wanted.unsigned
    ? { headers: { ...wanted.headers }, seed: undefined }
    : await signed(endpoint, signing, wanted);
  const body = typeof wanted.body === 'function' ? await wanted.body(seedOrFail(seed)) : (wanted.body ?? '');
  const bytes = Buffer.from(body);
  const length = wanted.contentLength ?? bytes.length;
  const wireHeaders: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    // Node writes headers as Latin-1, so this sends the UTF-8 that was signed.
    wireHeaders[name] = Buffer.from(value, 'utf8').toString('latin1');
  }
  if (length !== false && (bytes.length > 0 || wanted.method === 'PUT' || wanted.method === 'POST' || length > 0)) {
    wireHeaders['content-length'] = String(length);
  }
  return exchange(endpoint, wanted, wireHeaders, bytes);
};

const seedOrFail = (seed: Seed | undefined): Seed => {
  if (!seed) throw new Error('Only a signed request has a seed signature.');
  return seed;
};

const signed = async (endpoint: URL, signing: Signing, wanted: RawRequest) => {
  const date = new Date();
  const signer = signerOf(signing);
  const request = await signer.sign(
    {
      method: wanted.method,
      protocol: endpoint.protocol,
      hostname: endpoint.hostname,
      ...(endpoint.port !== '' && { port: Number(endpoint.port) }),
      path: wanted.path,
      query: { ...wanted.query },
      headers: {
        host: endpoint.host,
        'x-amz-content-sha256': wanted.payload ?? 'UNSIGNED-PAYLOAD',
        ...wanted.headers,
      },
    },
    { signingDate: date },
  );
  const signature = /Signature=([0-9a-f]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const seed: Seed = {
    signature,
    date,
    region: signing.region,
    sign: (text) => signer.sign(text, { signingDate: date }),
  };
  return { headers: request.headers, seed };
};

const exchange = (
  endpoint: URL,
  wanted: RawRequest,
  headers: Record<string, string>,
  bytes: Buffer,
): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    let continued = false;
    let settled = false;
    const query = new URLSearchParams(wanted.query).toString().replaceAll('+', '%20');
    const request = (endpoint.protocol === 'https:' ? httpsRequest : httpRequest)({
      hostname: endpoint.hostname,
      port: endpoint.port,
      method: wanted.method,
      path: query === '' ? wanted.path : `${wanted.path}?${query}`,
      headers,
      agent: false,
      timeout: timeoutMs,
    });
    request.on('timeout', () => request.destroy(new Mismatch(`no answer within ${timeoutMs / 1000} s`)));
    request.on('continue', () => {
      // Some servers send it twice.
      if (!continued) void send();
      continued = true;
    });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        settled = true;
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
          continued,
        });
        request.destroy();
      });
    });
    request.on('error', (error) => {
      if (!settled) reject(error);
    });
    const send = async (): Promise<void> => {
      const size = wanted.pieceBytes ?? Math.max(bytes.length, 1);
      for (let at = 0; at < bytes.length && !settled; at += size) {
        await new Promise<void>((written) => request.write(bytes.subarray(at, at + size), () => written()));
        if (wanted.pieceBytes !== undefined) await new Promise((next) => setImmediate(next));
      }
      if (wanted.breakOff) {
        settled = true;
        // The server must have started to read before the connection ends.
        setTimeout(() => {
          request.destroy();
          resolve({ status: 0, headers: {}, body: Buffer.alloc(0), continued });
        }, 100);
      } else if (!settled) request.end();
    };
    if (headers.expect === undefined) void send();
    else request.flushHeaders();
  });
