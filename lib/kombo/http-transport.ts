import * as http from 'node:http';
import * as https from 'node:https';
import { urlToHttpOptions } from 'node:url';
import type { Clock } from '../clock.ts';
import { maxAnswerBytes } from '../limits.ts';
import { connectionsTo } from './connections.ts';
import { readResponse } from './read-response.ts';
import { sendBody } from './send-body.ts';
import { type HttpAnswer, type HttpRequest, type Transport, TransportError, type TransportFault } from './transport.ts';

/** Implements `Transport` over HTTP. `baseUrl` includes the version path, for example `https://api.kombo.dev/v1`. */
export const httpTransport = (baseUrl: string, clock: Clock): Transport => {
  const base = new URL(baseUrl);
  const basePath = base.pathname.replace(/\/$/, '');
  const { request } = base.protocol === 'https:' ? https : http;
  const host = urlToHttpOptions(base);
  const connections = connectionsTo(base, clock);

  const send = async ({ method, path, headers, body, signal }: HttpRequest): Promise<HttpAnswer> => {
    if (signal.aborted) throw new TransportError('aborted', false);
    connections.dropIdle();
    const call = request({
      ...host,
      path: basePath + path,
      method,
      agent: connections.agent,
      headers: { ...headers, ...(body && { 'content-length': String(body.contentLength) }) },
    });
    const { promise: answered, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    const fail = (fault: TransportFault, cause?: Error): void =>
      reject(new TransportError(fault, call.reusedSocket, { cause }));
    const abort = (): void => fail('aborted');
    signal.addEventListener('abort', abort, { once: true });

    let connected = false;
    call.on('socket', () => {
      connected = true;
      if (body) sendBody(body, call).catch(reject);
      else call.end();
    });
    call.on('response', (response) => {
      const early = !call.writableEnded;
      void readResponse(response, maxAnswerBytes[method]).then((answer) => resolve({ ...answer, early }));
    });
    call.on('error', (cause) => fail(connected ? 'lost' : 'unreachable', cause));

    let clean = false;
    try {
      const answer = await answered;
      // After an early or incomplete response, the connection is in an undefined state.
      clean = answer.complete && call.writableFinished;
      return answer;
    } finally {
      signal.removeEventListener('abort', abort);
      if (!clean) call.destroy();
    }
  };

  return { send, warmUp: connections.openAhead };
};
