import type { Courier } from '../../lib/courier.ts';
import type { Deadline } from '../../lib/deadline.ts';
import { deliver } from '../../lib/delivery/deliver.ts';
import type { DeliverCourier } from '../../lib/delivery/delivery-options.ts';
import { noteVerdict } from '../../lib/delivery/scan-verdict.ts';
import { describeError } from '../../lib/failures/own-error.ts';
import { uploadOfVersion } from '../../lib/ledger/find-version.ts';
import type { ReportedVerdict } from '../../lib/ledger/latest-verdict.ts';
import { parallelDeliveries } from '../../lib/limits.ts';
import type { Outcome } from '../../lib/outcome.ts';
import { pacedPool } from '../../lib/runs/paced-pool.ts';
import type { Upload } from '../../lib/upload/upload.ts';
import type { Entry, UploadRequest } from '../events/entry.ts';
import { eventRefused } from '../events/refusals.ts';
import { canStart } from '../time-budget.ts';

type EntriesCourier = DeliverCourier & Pick<Courier, 'log'>;

export interface Unfinished {
  readonly messageId?: string;
  /** One sentence for the operator: no key, no name. */
  readonly reason: string;
}

/** The outcome of one entry, or the reason why its event must be delivered again. */
type Result = Outcome | { readonly status: 'unfinished'; readonly reason: string };

const leaveUnfinished = (reason: string): Result => ({ status: 'unfinished', reason });

/**
 * Handles each entry independently of the others. Unfinished entries are returned, so that the caller has the sender
 * deliver them again.
 */
export const deliverEntries = async (
  entries: readonly Entry[],
  deadline: Deadline,
  courier: EntriesCourier,
): Promise<{ outcomes: readonly Outcome[]; unfinished: readonly Unfinished[] }> => {
  const outcomes: Outcome[] = [];
  const left: Unfinished[] = [];
  // Every entry is handled, whatever Kombo answers: an entry that cannot be delivered now is written to the ledger.
  const pool = pacedPool({ parallelism: parallelDeliveries, mayStart: () => true, clock: courier.clock });
  for (const { request, messageId } of entries) {
    const isStarted = await pool.start('all', async () => {
      const result = await handle(request, deadline, courier);
      if (result.status !== 'unfinished') outcomes.push(result);
      else left.push({ ...(messageId !== undefined && { messageId }), reason: result.reason });
      return undefined;
    });
    // Not expected, because `mayStart` is always true. If it happens, the event must be delivered again.
    if (!isStarted)
      left.push({ ...(messageId !== undefined && { messageId }), reason: 'The delivery was not started.' });
  }
  await pool.drain();
  return { outcomes, unfinished: left };
};

const handle = async (request: UploadRequest, deadline: Deadline, courier: EntriesCourier): Promise<Result> => {
  try {
    switch (request.kind) {
      case 'ignored':
        courier.log.info('Ignored.', { reason: request.reason });
        return { status: 'ignored', reason: request.reason };
      case 'refused': {
        const { code, detail, nextStep, redeliver } = request;
        courier.log.error(eventRefused, { code, detail, nextStep });
        const reason = `${code}: ${detail}`;
        return redeliver ? leaveUnfinished(reason) : { status: 'refused', code, detail };
      }
      case 'scanned':
        return await handleUpload(request.upload, request.verdict, deadline, courier);
      case 'upload':
        return await handleUpload(request.upload, undefined, deadline, courier);
      case 'unidentified':
        return await identifyAndSend(request, deadline, courier);
    }
  } catch (error) {
    const detail = describeError(error);
    courier.log.error('An upload could not be settled; its event is delivered again.', { detail });
    return leaveUnfinished(`The upload could not be settled: ${detail}`);
  }
};

const handleUpload = async (
  upload: Upload,
  verdict: ReportedVerdict | undefined,
  deadline: Deadline,
  courier: EntriesCourier,
): Promise<Result> => {
  const isSent = verdict === undefined || verdict.code === 'clean';
  if (isSent && !canStart(deadline, courier.settings)) {
    return leaveUnfinished('The function ran out of time before it started this file.');
  }
  const outcome = verdict
    ? await noteVerdict(upload, verdict, deadline, courier)
    : await deliver(upload, { deadline }, courier);
  // An unreadable record does not show this event and may be in no list, so the event itself must be kept.
  const isUnread = outcome.status === 'unchanged' && outcome.failure?.code === 'RECORD_UNREADABLE';
  return isUnread ? leaveUnfinished(`RECORD_UNREADABLE: ${outcome.failure.detail}`) : outcome;
};

/**
 * Identifies the object of an event without an ETag by looking in the bucket. A verdict applies only to its own
 * version, which may have been sent before it was replaced.
 */
const identifyAndSend = async (
  { object, verdict }: Extract<UploadRequest, { kind: 'unidentified' }>,
  deadline: Deadline,
  courier: EntriesCourier,
): Promise<Result> => {
  const found = await courier.storage.find(object.bucket, object.key, deadline.signal);
  if (verdict && (found.ok ? found.value.versionId !== object.versionId : found.error.code === 'OBJECT_DELETED')) {
    const earlier = await uploadOfVersion(object, courier.settings, courier.ledger);
    if (earlier) return handleUpload(earlier, verdict, deadline, courier);
    return {
      status: 'ignored',
      reason: 'The verdict is about a version that is not the current one and was never sent.',
    };
  }
  if (!found.ok) {
    const { code, detail } = found.error;
    return code === 'OBJECT_DELETED' ? { status: 'ignored', reason: detail } : leaveUnfinished(`${code}: ${detail}`);
  }
  return handleUpload(found.value, verdict, deadline, courier);
};
