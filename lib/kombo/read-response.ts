import type { IncomingMessage } from 'node:http';
import type { HttpAnswer } from './transport.ts';

/**
 * Reads a response up to a maximum length. Never fails: a response that breaks off or is longer is marked incomplete.
 * The rest is not read, so the connection cannot be reused.
 */
export const readResponse = (response: IncomingMessage, maxBytes: number): Promise<HttpAnswer> =>
  new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let readBytes = 0;
    const settle = (complete: boolean): void => {
      const text = Buffer.concat(pieces).toString('utf8');
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text, complete });
    };
    response.on('data', (piece: Buffer) => {
      readBytes += piece.length;
      if (readBytes <= maxBytes) {
        pieces.push(piece);
        return;
      }
      response.pause();
      settle(false);
    });
    response.on('end', () => settle(response.complete));
    response.on('error', () => settle(false));
  });
