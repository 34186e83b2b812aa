import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

export interface RawAnswer {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
  /** The code of an error in XML. */
  readonly code: string | undefined;
}

/**
 * Sends bytes unchanged, which no HTTP client would, and reads until the server closes the connection.
 * @param options.halfClose closes the sending side after the bytes
 */
export const sendRaw = async (
  url: string,
  head: readonly string[],
  body: string | Buffer = '',
  { halfClose = false } = {},
): Promise<RawAnswer> => {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  await once(socket, 'connect');
  socket.write(`${[head[0], `Host: ${hostname}:${port}`, ...head.slice(1)].join('\r\n')}\r\n\r\n`);
  socket.write(body);
  if (halfClose) socket.end();
  const answer = await text(socket);
  socket.destroy();
  const end = answer.indexOf('\r\n\r\n');
  return {
    status: Number(answer.slice(9, 12)),
    headers: answer.slice(0, end),
    body: answer.slice(end + 4),
    code: /<Code>(.*?)<.Code>/.exec(answer)?.[1],
  };
};
