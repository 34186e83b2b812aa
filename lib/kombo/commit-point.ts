import type { RequestBody } from './attachment-request.ts';
import { TransportError } from './transport.ts';

/**
 * How far a body went out. Before its last piece is handed over, no server can have acted on it: Content-Length says
 * that more must come. After it only an answer shows the outcome, so `passed` turns true before the piece, not after it.
 */
export interface CommitPoint {
  readonly passed: boolean;
  /** Bytes handed over so far. */
  readonly sentBytes: number;
}

/**
 * @param mayCommit asked at the last moment. A frozen process resumes with its timers overdue and its sockets
 *   alive: it must not start by sending the last byte of a file that another invocation is sending by now.
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
