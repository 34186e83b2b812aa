import { prepareAttachment } from '../attachment/prepare.ts';
import type { Courier } from '../courier.ts';
import { type Deadline, deadlineWithin } from '../deadline.ts';
import { failureOf } from '../failures/failures.ts';
import { matchKey } from '../key-template/match-key.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { objectTimeoutMs } from '../limits.ts';
import { recognise } from '../stream/recognise.ts';
import { stopWhenStalled } from '../stream/stall-timeout.ts';
import { verify } from '../stream/verify.ts';
import { correlationIdOf } from '../upload/correlation-id.ts';
import { contentByEntityTag, type FileContent } from '../upload/file-content.ts';
import type { StoredObject } from '../upload/storage.ts';
import type { AttachmentType } from '../upload/target.ts';
import type { KnownContents } from './compare-content.ts';

/** What is known about the file that may have been sent. */
export interface KnownFile extends Pick<KnownContents, 'oursIs'> {
  readonly name?: string;
  readonly type: AttachmentType;
  readonly contentType?: string;
  readonly content?: FileContent;
  readonly correlationId?: string | undefined;
}

/**
 * Taken from the record if the function that opened the object could still write it. Otherwise that function crashed or
 * timed out, and the object is read here: the uploaded version, if the bucket keeps versions.
 */
export const knownFile = async (
  record: LedgerRecord,
  deadline: Deadline,
  courier: Pick<Courier, 'settings' | 'storage' | 'clock'>,
): Promise<KnownFile> => {
  const type = record.sent?.type ?? record.attachmentType ?? 'CV';
  const { sent, content } = record;
  if (content && sent) return { ...sent, content, oursIs: 'certain' };
  const own = deadlineWithin(courier.clock, deadline, objectTimeoutMs);
  const opened = await courier.storage.openVersion(record.upload, own.signal).catch(() => undefined);
  try {
    const found = opened?.ok ? await read(opened.value, record, own, courier) : {};
    if (content ?? found.content) return { type, ...found, ...(content && { content }), oursIs: 'certain' };
    const isGone = opened && !opened.ok && failureOf(opened.error.code).status !== 'waiting';
    const tagged = contentByEntityTag(record.upload);
    return {
      type,
      ...found,
      ...(tagged && { content: tagged }),
      oursIs: isGone ? 'unread-for-good' : 'unread-for-now',
    };
  } finally {
    own.clear();
  }
};

/** If S3 has a checksum of the whole object, only the first bytes are read, to find the type; otherwise all bytes. */
const read = async (
  object: StoredObject,
  { upload }: LedgerRecord,
  deadline: Deadline,
  { settings, clock }: Pick<Courier, 'settings' | 'clock'>,
): Promise<Pick<KnownFile, 'name' | 'contentType' | 'content' | 'correlationId'>> => {
  const bytes = stopWhenStalled(object.chunks, deadline.remainingMs(), deadline, clock);
  const recognised = recognise(verify(bytes, object.sizeBytes, object.checksum), object);
  const correlationId = correlationIdOf(object.metadata);
  const content = (): Pick<KnownFile, 'content' | 'correlationId'> => {
    const known = recognised.content();
    return { ...(known && { content: known }), ...(correlationId && { correlationId }) };
  };
  try {
    const match = matchKey(settings.keyTemplates, upload.key, settings.integrationId);
    const noRestrictions = Promise.resolve(undefined);
    const prepared = match.ok
      ? await prepareAttachment(object, recognised.chunks, match.value, settings, noRestrictions)
      : match;
    const sendable = prepared.ok ? prepared.value : undefined;
    // With changed settings the file might not be sent today. Its bytes are still the ones that were sent.
    if (!recognised.content()) for await (const _ of sendable?.chunks ?? recognised.chunks);
    if (!sendable) return content();
    const { name, contentType } = sendable.facts;
    return { name, contentType, ...content() };
  } catch {
    return content();
  } finally {
    object.close();
  }
};
