import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';

/** What a caller sees of a response. */
export interface Seen {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Sent {
  readonly method?: string;
  /** Exactly these headers are sent; `fetch` would add some. Undefined leaves one out. */
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  readonly signal?: AbortSignal;
}

/** One call on its own connection. Rejects as node:http does. */
export const rawCall = (url: string, { method = 'GET', headers = {}, body, signal }: Sent = {}): Promise<Seen> =>
  new Promise((resolve, reject) => {
    const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
    const outgoing = request(url, { method, headers: sent, agent: false, ...(signal && { signal }) }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
