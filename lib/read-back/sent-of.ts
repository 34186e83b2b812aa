import { attachmentName } from '../attachment/name.ts';
import { nameToken, prepareAttachment } from '../attachment/prepare.ts';
import type { Courier } from '../courier.ts';
import type { Deadline } from '../deadline.ts';
import { failures } from '../failures/failures.ts';
import { matchKey } from '../key-template/match-key.ts';
import type { LedgerRecord, Sent } from '../ledger/record.ts';
import { stopWhenStalled } from '../stream/stall-timeout.ts';

export interface SentFacts {
  readonly sent: Sent;
  /** The name is that of the key alone, or of an object that was put after the attempt. */
  readonly nameGuessed: boolean;
  /** The object could not be read at this moment; later it may tell more. */
  readonly objectUnread?: boolean;
}

/**
 * What went over the wire, or would have. A function that died left no word of it, so it is worked out again from the
 * object, and from the key alone when the object is gone: that is a guess, for its metadata may have named it.
 * Ends by the deadline, whose timer it clears.
 */
export const sentOf = async (
  record: LedgerRecord,
  deadline: Deadline,
  { settings, storage, clock }: Pick<Courier, 'settings' | 'storage' | 'clock'>,
): Promise<SentFacts> => {
  try {
    if (record.sent) return { sent: record.sent, nameGuessed: false };
    const match = matchKey(settings.keyTemplates, record.upload.key, settings.integrationId);
    const filename = match.ok ? match.value.filename : (record.upload.key.split('/').at(-1) ?? '');
    const sent: Sent = {
      name: attachmentName(filename, settings.nameToken ? { token: nameToken(record.upload) } : {}),
      type: record.attachmentType ?? 'CV',
      contentType: '',
    };
    const guess = { sent, nameGuessed: true };
    if (!match.ok) return guess;
    const opened = await storage.open(record.upload, deadline.signal);
    // A storage that is away for a moment is asked again, before a person is.
    if (!opened.ok) return { ...guess, objectUnread: failures[opened.error.code].status === 'retrying' };
    const object = opened.value;
    try {
      const chunks = stopWhenStalled(object.chunks, deadline.remainingMs(), deadline, clock);
      const noRestrictions = Promise.resolve(undefined);
      const prepared = await prepareAttachment(object, chunks, match.value, settings, noRestrictions);
      if (!prepared.ok) return guess;
      const { name, type, contentType } = prepared.value.facts;
      // The same bytes put again since may have another name.
      const nameGuessed = (object.modifiedAt ?? 0) > (record.attemptedAt ?? record.createdAt);
      return { sent: { name, type, contentType }, nameGuessed };
    } catch {
      return { ...guess, objectUnread: true };
    } finally {
      object.close();
    }
  } finally {
    deadline.clear();
  }
};
