import type { RequestBody } from './attachment-request.ts';
import { TransportError } from './transport.ts';

/**
 * How far a body was sent. Until its last piece is handed over, no server can have acted on it, because Content-Length
 * announces more. Afterwards only a response shows the outcome, so `passed` becomes true before the last piece is sent.
 */
export interface CommitPoint {
  readonly passed: boolean;
  /** Bytes handed over so far. */
  readonly sentBytes: number;
}

/**
 * @param mayCommit checked immediately before the last piece. A process that was frozen resumes with overdue timers and
 *   live sockets. It must not send the last byte of a file that another invocation is already sending.
 */
export const watchCommitPoint = (
  body: RequestBody,
  mayCommit: () => boolean,
): { body: RequestBody; commitPoint: CommitPoint } => {
  const commitPoint = { passed: false, sentBytes: 0 };
  async function* chunks(): AsyncGenerator<string | Uint8Array, void, undefined> {
    for await (const chunk of body.chunks) {
      if (commitPoint.sentBytes + chunk.length >= body.contentLength) {
        if (!mayCommit()) throw new TransportError('aborted', false);
        commitPoint.passed = true;
      }
      commitPoint.sentBytes += chunk.length;
      yield chunk;
    }
  }
  return { body: { contentLength: body.contentLength, chunks: chunks() }, commitPoint };
};
