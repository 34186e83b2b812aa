import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { meetingIn, sizeIn } from '../workload.ts';
import { expectedBody } from './expected-body.ts';
import { createMeeting } from './meeting.ts';
import { sendObject, serve } from './serve.ts';

/**
 * Accepts attachments, compares every byte with the expected one, and refuses a wrong one as Kombo would.
 * `/floor/` accepts anything of the announced length, because the floor sends plain bytes.
 * Requests for a target whose id asks for a meeting are read once all of them have arrived, and cut off when that takes too long.
 * A target lists one file of the size in its id, and `/resources/` has its bytes.
 */
const arrive = createMeeting(20_000);

const server = createServer((request, response) => {
  if (request.url?.startsWith('/resources/')) return void sendFile(response, sizeIn(request.url));
  if (request.method === 'GET')
    return answer(response, 200, { status: 'success', data: dataOf(request), warnings: [] });
  if (request.url?.startsWith('/floor/')) {
    request.resume().on('end', () => answer(response, 200, { status: 'success', data: {}, warnings: [] }));
    return;
  }
  const { name, count } = meetingIn(request.url ?? '');
  if (name === undefined) return receive(request, response);
  // The body is not read until then, so the sender gets no further than its socket buffers.
  void arrive(name, count).then((hasMet) => {
    if (hasMet) receive(request, response);
    else request.destroy();
  });
});

/** A URL without a size is not a listing. */
const dataOf = ({ url = '', headers }: IncomingMessage): object => {
  const sizeBytes = sizeIn(url);
  if (Number.isNaN(sizeBytes)) return {};
  const link = `http://${headers.host}/resources/size-${sizeBytes}`;
  return { results: [{ file_name: 'CV.pdf', type: 'CV', content_type: 'application/pdf', data_url: link }] };
};

const sendFile = (response: ServerResponse, sizeBytes: number): Promise<void> => {
  response.writeHead(200, { 'content-type': 'application/pdf', 'content-length': sizeBytes });
  return sendObject(response, sizeBytes);
};

const receive = (request: IncomingMessage, response: ServerResponse): void => {
  const body = expectedBody(sizeIn(request.url ?? ''));
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    body.take(chunk);
  });
  request.on('end', () => {
    const announced = request.headers['content-length'];
    const fault = announced === String(bytes) ? faultOf(body) : `${bytes} bytes, announced: ${announced}`;
    if (fault === undefined) answer(response, 200, { status: 'success', data: {}, warnings: [] });
    else
      answer(response, 400, {
        status: 'error',
        error: { code: 'PLATFORM.INPUT_INVALID', title: null, message: fault, log_url: null },
      });
  });
};

const faultOf = (body: ReturnType<typeof expectedBody>): string | undefined => {
  try {
    return body.fault();
  } catch {
    return 'not JSON';
  }
};

const answer = (response: ServerResponse, status: number, body: unknown): void => {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
};

// On a busy machine, the largest body takes longer than Node's default timeout.
server.requestTimeout = 0;
serve(server);
