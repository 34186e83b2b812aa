/** A visible step of a delivery, and the part of the stack in which it happened. */
export type Step = { readonly atMs: number } & (
  | { readonly step: 'uploaded'; readonly bucket: string; readonly key: string; readonly sizeBytes: number }
  | { readonly step: 'event'; readonly eventName: string; readonly requestId: string }
  | { readonly step: 'claimed'; readonly attempt: number }
  | { readonly step: 'sent'; readonly path: string; readonly status: number | null; readonly bodyBytes: number }
  | { readonly step: 'waiting'; readonly status: string; readonly why: string; readonly untilMs?: number }
  | { readonly step: 'attached'; readonly target: string; readonly name: string; readonly sizeBytes: number }
  | { readonly step: 'already-attached'; readonly target: string; readonly name: string; readonly sizeBytes: number }
  | { readonly step: 'failed'; readonly status: string; readonly reason: string; readonly nextStep: string }
);
