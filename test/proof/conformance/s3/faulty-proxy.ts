import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { closeServer, listen } from '../../../../infra/local/process/listen.ts';

export type ProxyFault = 'none' | 'drops ETag' | 'ignores Range' | 'lower-cases keys';

/** Forwards to a server that does not verify signatures, and adds one fault. */
export const startFaultyProxy = async (target: string, fault: ProxyFault) => {
  const { hostname, port, host } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    const forwarded = httpRequest(
      {
        hostname,
        port,
        method: incoming.method,
        path: fault === 'lower-cases keys' ? lowerCasePath(incoming.url ?? '/') : incoming.url,
        headers: { ...(fault === 'ignores Range' ? without(incoming.headers, 'range') : incoming.headers), host },
      },
      (answer) => {
        const headers = fault === 'drops ETag' ? without(answer.headers, 'etag') : answer.headers;
        outgoing.writeHead(answer.statusCode ?? 502, headers);
        answer.pipe(outgoing);
      },
    );
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  return { url: `http://127.0.0.1:${await listen(server, 0)}`, close: () => closeServer(server) };
};

const lowerCasePath = (url: string): string => {
  const [path = '', ...query] = url.split('?');
  return [path.toLowerCase(), ...query].join('?');
};

const without = (headers: IncomingHttpHeaders, name: string): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name));
