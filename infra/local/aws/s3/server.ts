import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { closeServer, listen, onFreePort } from '../../process/listen.ts';
import { isLocalCaller } from '../../process/local-caller.ts';
import { errorAnswer, sendAnswer } from './answer.ts';
import { ensureBucket } from './buckets.ts';
import type { Answer, Context } from './call.ts';
import { ObjectStore } from './object-store.ts';
import { refuseExpired } from './presigned.ts';
import { parseRequest } from './request.ts';
import { callOf } from './routes.ts';
import { S3Error } from './s3-error.ts';

/** Any other credentials work too: signatures are not checked. */
export const s3Credentials = { accessKeyId: 'LOCAL', secretAccessKey: 'LOCAL' } as const;

export interface S3ServerOptions {
  /** Keeps the objects across restarts. */
  readonly directory: string;
  readonly bucket: string;
  /** See `onFreePort`. */
  readonly preferredPort: number;
  /** Called for every stored object, before its uploader gets the answer. */
  readonly onCreated: Context['onCreated'];
  /** Applies to the bucket above when it is created. Default: enabled, as in the deployed bucket. */
  readonly versioning?: boolean;
  /** Default: 20 s, about as long as S3 waits. */
  readonly idleTimeoutMs?: number;
}

export interface S3Server {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * S3 on this machine. Signatures are not checked, so it listens only on this machine and refuses requests from foreign
 * web pages.
 */
export const startS3 = async (options: S3ServerOptions): Promise<S3Server> => {
  const { directory, bucket, preferredPort, onCreated, versioning = true, idleTimeoutMs = 20_000 } = options;
  const store = new ObjectStore(directory);
  const context: Context = { store, region: 'eu-central-1', onCreated };
  ensureBucket(context, bucket, versioning ? 'Enabled' : null);

  const busy = new Set<Promise<void>>();
  const onRequest = (message: IncomingMessage, response: ServerResponse, allowBody: () => void) => {
    const done = respond(context, message, response, allowBody, idleTimeoutMs)
      // The answer cannot be written; one broken call must not end the whole stack.
      .catch(() => void response.destroy())
      .finally(() => busy.delete(done));
    busy.add(done);
  };
  const server = createServer({
    // The body has its own time limit; a large one on a slow connection may take longer than Node's default.
    requestTimeout: 0,
    // Without this, it would be 0 too.
    headersTimeout: idleTimeoutMs,
    connectionsCheckingInterval: idleTimeoutMs,
    keepAliveTimeout: 60_000,
  });
  server.on('request', (message, response) => onRequest(message, response, () => undefined));
  server.on('checkContinue', (message, response) => onRequest(message, response, () => response.writeContinue()));
  server.on('clientError', (error, socket) => refuseBroken(error, socket as Socket));
  const port = await onFreePort(preferredPort, (candidate) => listen(server, candidate));
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      await closeServer(server);
      // Interrupted calls still delete their unfinished files.
      await Promise.all(busy);
      store.close();
    },
  };
};

const brokenCodes = { HPE_INVALID_EOF_STATE: 'IncompleteBody', ERR_HTTP_REQUEST_TIMEOUT: 'RequestTimeout' } as const;

/** Answers requests that are not HTTP, end before their declared length, or have headers that do not end. */
const refuseBroken = (error: NodeJS.ErrnoException, socket: Socket): void => {
  const code = brokenCodes[error.code as keyof typeof brokenCodes] ?? 'InvalidRequest';
  const { body } = errorAnswer(new S3Error(code), '', '');
  const head = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/xml\r\n\r\n';
  if (socket.writable) socket.write(`${head}${body}`);
  socket.destroySoon();
};

const respond = async (
  context: Context,
  message: IncomingMessage,
  response: ServerResponse,
  allowBody: () => void,
  idleTimeoutMs: number,
): Promise<void> => {
  const requestId = randomBytes(8).toString('hex').toUpperCase();
  response.setHeader('x-amz-request-id', requestId);
  const idle = Promise.withResolvers<never>();
  const startBody = () => {
    const timedOut = new S3Error('RequestTimeout', { headers: { connection: 'close' } });
    message.setTimeout(idleTimeoutMs, () => idle.reject(timedOut));
    message.once('end', () => message.setTimeout(0));
    allowBody();
  };
  try {
    await sendAnswer(response, await Promise.race([perform(context, message, startBody), idle.promise]));
  } catch (error) {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const known = error instanceof S3Error ? error : new S3Error('InternalError', { message: String(error) });
    // The rest of the body is read and discarded so that the client receives the answer; a body that stalls is cut off.
    if (!message.complete) message.setTimeout(idleTimeoutMs, () => message.destroy());
    // The reader of the body is still waiting; closing the connection ends it, and it deletes its file.
    if (known.code === 'RequestTimeout') response.once('finish', () => message.destroy());
    // A client that received no 100 Continue sends no body, and Node would wait for it.
    if (message.headers.expect !== undefined) response.setHeader('connection', 'close');
    await sendAnswer(response, errorAnswer(known, message.url?.split('?')[0] ?? '/', requestId));
  } finally {
    message.resume();
  }
};

const perform = async (context: Context, message: IncomingMessage, startBody: () => void): Promise<Answer> => {
  if (!isLocalCaller(message.headers)) {
    throw new S3Error('AccessDenied', { message: 'Only programs on this machine may use the local S3.' });
  }
  const request = parseRequest(message, startBody);
  refuseExpired(request.query, Date.now());
  return callOf(request)(context, request);
};
