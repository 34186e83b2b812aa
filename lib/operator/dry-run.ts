import { type PreparedAttachment, prepareAttachment } from '../attachment/prepare.ts';
import type { Courier } from '../courier.ts';
import { type Deadline, deadlineWithin } from '../deadline.ts';
import { describeError } from '../failures/own-error.ts';
import { type KeyMatch, matchKey } from '../key-template/match-key.ts';
import type { Closed } from '../lane/lane-store.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import { sourceStallMs } from '../limits.ts';
import { fail, ok, type Result } from '../result.ts';
import { SourceError } from '../stream/source-error.ts';
import { stopWhenStalled } from '../stream/stall-timeout.ts';
import type { AttachmentType } from '../upload/target.ts';
import { type Upload, uploadId } from '../upload/upload.ts';
import { pauseOf } from './pause-of.ts';

/** What would be sent, under our names. */
export interface WouldSend {
  readonly name: string;
  readonly type: AttachmentType;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly remoteFields?: PreparedAttachment['facts']['remoteFields'];
}

export interface DryRun {
  readonly upload: Upload;
  /** The candidate or application in the key. A failure here would reject the upload. */
  readonly match: Result<KeyMatch>;
  readonly send: Result<WouldSend>;
  /** The existing ledger record. */
  readonly known?: LedgerEntry;
  /** The pause that would make it wait. */
  readonly pause?: Closed;
}

type DryRunCourier = Pick<Courier, 'settings' | 'storage' | 'restrictions' | 'ledger' | 'lanes' | 'clock'>;

/** Does everything that a delivery does, except the POST and the ledger's writes. */
export const dryRun = async (upload: Upload, deadline: Deadline, courier: DryRunCourier): Promise<DryRun> => {
  const { settings, ledger } = courier;
  const known = await ledger.read(uploadId(upload));
  const match = matchKey(settings.keyTemplates, upload.key, settings.integrationId);
  if (!match.ok) return { upload, match, send: match, ...(known && { known }) };
  const pause = await pauseOf(match.value.target.integrationId, courier);
  const send = await prepare(upload, match.value, deadline, courier);
  return { upload, match, send, ...(known && { known }), ...(pause && { pause }) };
};

const prepare = async (
  upload: Upload,
  match: KeyMatch,
  deadline: Deadline,
  { settings, storage, clock, restrictions }: DryRunCourier,
): Promise<Result<WouldSend>> => {
  const own = deadlineWithin(clock, deadline, sourceStallMs);
  try {
    const opened = await storage.open(upload, own.signal);
    if (!opened.ok) return opened;
    const object = opened.value;
    try {
      const chunks = stopWhenStalled(object.chunks, sourceStallMs, own, clock);
      const answer = await prepareAttachment(
        object,
        chunks,
        match,
        settings,
        restrictions.of(match.target, own.signal),
      );
      if (!answer.ok) return answer;
      const { facts, sizeBytes } = answer.value;
      const { name, type, contentType, remoteFields } = facts;
      return ok({ name, type, contentType, sizeBytes, ...(remoteFields && { remoteFields }) });
    } finally {
      object.close();
    }
  } catch (error) {
    if (error instanceof SourceError) return fail(error.code, describeError(error));
    throw error;
  } finally {
    own.clear();
  }
};
