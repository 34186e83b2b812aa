import type { IncomingMessage } from 'node:http';
import type { OpenRecord } from '../store/request-log.ts';

export type ReceivedBody =
  /** Empty when `keepBytes` is 0. */
  | { readonly kind: 'complete'; readonly bytes: Buffer }
  | { readonly kind: 'too-large' }
  /** `stopAfterBytes` was reached; the rest is unread. */
  | { readonly kind: 'stopped' }
  /** The caller disconnected before the last byte. */
  | { readonly kind: 'cut' };

export interface ReadOptions {
  /** Larger bodies are read to the end and discarded. With 0, none is kept. */
  readonly keepBytes: number;
  readonly stopAfterBytes?: number | undefined;
}

/**
 * Reads a request's body and records how much has arrived. It uses listeners, not `for await`: leaving such a loop
 * destroys the request and its socket, and some faults must answer without having read the whole body.
 */
export const readBody = (
  incoming: IncomingMessage,
  record: OpenRecord,
  { keepBytes, stopAfterBytes = Number.POSITIVE_INFINITY }: ReadOptions,
): Promise<ReceivedBody> =>
  new Promise((resolve) => {
    let chunks: Buffer[] = [];
    const finish = (body: ReceivedBody) => {
      incoming.off('data', onData).off('end', onEnd).off('close', onClose);
      resolve(body);
    };
    const onData = (chunk: Buffer) => {
      record.receivedBytes += chunk.length;
      if (record.receivedBytes >= stopAfterBytes) {
        incoming.pause();
        finish({ kind: 'stopped' });
      } else if (record.receivedBytes <= keepBytes) chunks.push(chunk);
      else chunks = [];
    };
    const onEnd = () => {
      record.bodyComplete = true;
      const tooLarge = keepBytes > 0 && record.receivedBytes > keepBytes;
      finish(tooLarge ? { kind: 'too-large' } : { kind: 'complete', bytes: Buffer.concat(chunks) });
    };
    const onClose = () => finish({ kind: 'cut' });
    incoming.on('data', onData).on('end', onEnd).on('close', onClose);
    if (incoming.destroyed) onClose();
  });
