/** The bench cannot begin or go on; the message says why, to a person. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
}
