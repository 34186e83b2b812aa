/** The bench cannot start or continue; its message tells the user why. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
}
