/** The function was not invoked, failed, or gave no response. The message says what to do. Exit code 1. */
export class InvokeError extends Error {
  override readonly name = 'InvokeError';
}
