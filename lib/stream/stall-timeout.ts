import type { Clock } from '../clock.ts';
import type { Deadline } from '../deadline.ts';
import { SourceError } from './source-error.ts';

/**
 * Passes chunks on until the source needs longer than `stallMs` for one, or the deadline passes. Only waiting for the
 * source counts; a slow receiver is limited by the request.
 * @throws {SourceError} SOURCE_STALLED or OUT_OF_TIME, or STORAGE_UNAVAILABLE when the source itself fails
 */
export async function* stopWhenStalled(
  chunks: AsyncIterable<Uint8Array>,
  stallMs: number,
  deadline: Deadline,
  clock: Clock,
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = chunks[Symbol.asyncIterator]();
  for (;;) {
    const next = await nextWithin(iterator, stallMs, deadline, clock);
    if (next.done) return;
    yield next.value;
  }
}

const nextWithin = async (
  iterator: AsyncIterator<Uint8Array>,
  stallMs: number,
  deadline: Deadline,
  clock: Clock,
): Promise<IteratorResult<Uint8Array>> => {
  const { promise: stalled, reject } = Promise.withResolvers<never>();
  const leftMs = deadline.remainingMs();
  const cancel = clock.after(Math.min(stallMs, leftMs), () =>
    reject(
      leftMs <= stallMs
        ? new SourceError('OUT_OF_TIME', 'The deadline was reached while S3 was being read.')
        : new SourceError('SOURCE_STALLED', `S3 sent nothing for ${stallMs / 1000} s.`),
    ),
  );
  try {
    return await Promise.race([iterator.next(), stalled]);
  } catch (error) {
    if (error instanceof SourceError) throw error;
    throw new SourceError('STORAGE_UNAVAILABLE', 'S3 broke the connection while the object was being read.', {
      cause: error,
    });
  } finally {
    cancel();
  }
};
