/** Messages between the stack and the process of a function. Both sides are our code, so shapes are not checked. */

export interface Invocation {
  readonly requestId: string;
  readonly functionName: string;
  readonly event: unknown;
  /** Milliseconds since the epoch at which the function is ended. */
  readonly deadlineMs: number;
}

/** An error as Lambda puts it into an answer. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export type Answer =
  | { readonly requestId: string; readonly ok: true; readonly result: unknown }
  | { readonly requestId: string; readonly ok: false; readonly error: FunctionError };
