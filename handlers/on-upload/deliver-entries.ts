import type { Deadline } from '../../lib/deadline.ts';
import { deliver } from '../../lib/delivery/deliver.ts';
import type { Outcome } from '../../lib/outcome.ts';
import type { Upload } from '../../lib/upload/upload.ts';
import type { Entry, UploadRequest } from '../events/entry.ts';
import type { Runtime } from '../runtime.ts';

type Deps = Omit<Runtime, 'config'>;
type ScanVerdict = Extract<UploadRequest, { kind: 'unidentified' }>['verdict'];

export interface Unfinished {
  readonly messageId?: string;
  /** One sentence for a person: no key, no name. */
  readonly reason: string;
}

/** Several files of one event are sent side by side; memory grows with this, not with the event. */
const parallelism = 4;

/** With less left a delivery could not settle; the event comes again. */
const leastToStartMs = 30_000;

/**
 * Does what each entry asks for. No entry harms its neighbours; what could not be finished is returned, so that the
 * caller makes its sender repeat it.
 */
export const handleEntries = async (
  entries: readonly Entry[],
  deadline: Deadline,
  deps: Deps,
): Promise<{ outcomes: readonly Outcome[]; unfinished: readonly Unfinished[] }> => {
  const outcomes: Outcome[] = [];
  const unfinished: Unfinished[] = [];
  const waiting = entries.values();
  // Workers share one iterator: each takes the next entry when it is free.
  const work = async (): Promise<void> => {
    for (const { request, messageId } of waiting) {
      const result = await handleItem(request, deadline, deps);
      if (typeof result === 'string')
        unfinished.push({ ...(messageId !== undefined && { messageId }), reason: result });
      else outcomes.push(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallelism, entries.length) }, work));
  return { outcomes, unfinished };
};

/** The outcome, or why the entry must come again. */
const handleItem = async (request: UploadRequest, deadline: Deadline, deps: Deps): Promise<Outcome | string> => {
  try {
    switch (request.kind) {
      case 'ignored':
        deps.log.info('Ignored.', { reason: request.reason });
        return { status: 'ignored', reason: request.reason };
      case 'refused': {
        const { code, detail, nextStep, redeliver } = request;
        deps.log.error('The event is refused.', { code, detail, nextStep });
        return redeliver ? `${code}: ${detail}` : { status: 'ignored', reason: `${code}: ${detail}` };
      }
      case 'held-by-scan':
        return await deliver(
          request.upload,
          { deadline, holdAs: { code: request.code, detail: request.detail } },
          deps,
        );
      case 'upload':
        return await send(request.upload, request.verdict, deadline, deps);
      case 'unidentified':
        return await identify(request, deadline, deps);
    }
  } catch (error) {
    const detail = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error';
    deps.log.error('An upload could not be settled; its event comes again.', { detail });
    return `The ledger could not be read or written (${error instanceof Error ? error.name : 'unknown error'}).`;
  }
};

const send = async (
  upload: Upload,
  verdict: ScanVerdict,
  deadline: Deadline,
  deps: Deps,
): Promise<Outcome | string> => {
  if (deadline.remainingMs() < Math.min(leastToStartMs, deps.settings.leaseMs)) {
    return 'The function ran out of time before it began with this file.';
  }
  if (verdict !== undefined && verdict !== 'clean') {
    const detail = 'The malware scan did not find the file clean.';
    return deliver(upload, { deadline, holdAs: { code: verdict, detail } }, deps);
  }
  return deliver(upload, { deadline, ...(verdict === 'clean' && { scannedClean: true }) }, deps);
};

/** An event without an ETag: the bucket tells what stands there now. A verdict holds for its own version only. */
const identify = async (
  { object, verdict }: Extract<UploadRequest, { kind: 'unidentified' }>,
  deadline: Deadline,
  deps: Deps,
): Promise<Outcome | string> => {
  const found = await deps.storage.find(object.bucket, object.key, deadline.signal);
  if (!found.ok) {
    if (found.error.code === 'OBJECT_DELETED') return { status: 'ignored', reason: found.error.detail };
    return `${found.error.code}: ${found.error.detail}`;
  }
  if (verdict !== undefined && found.value.versionId !== object.versionId) {
    return { status: 'ignored', reason: 'The verdict is about another version than the one that stands there now.' };
  }
  return send(found.value, verdict, deadline, deps);
};
