import { type AllowedTypes, checkContentEncoding, decideContentType } from '../content-type/decide.ts';
import type { JsonObject } from '../json.ts';
import type { KeyMatch } from '../key-template/match-key.ts';
import type { AttachmentFacts } from '../kombo/attachment-request.ts';
import type { Restrictions } from '../kombo/read-restrictions.ts';
import { sniffBytes } from '../limits.ts';
import { fail, ok, type Result } from '../result.ts';
import { peek } from '../stream/peek.ts';
import type { StoredObject } from '../upload/storage.ts';
import { checkRestrictions } from './check-restrictions.ts';
import { checkMaxBytes } from './check-size.ts';
import { decodeMetadataText } from './metadata-text.ts';
import { attachmentName } from './name.ts';
import { mergeRemoteFields, parseRemoteFields, remoteFieldsFor } from './remote-fields.ts';

/** The rules that decide whether a file may be sent, and with which fields. */
export interface AttachmentRules {
  readonly maxBytes: number;
  readonly allowedTypes: AllowedTypes;
  readonly remoteFields: JsonObject;
}

export interface PreparedAttachment {
  readonly facts: AttachmentFacts;
  readonly sizeBytes: number;
  /** The whole file, including the bytes that were read ahead. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Rejects an empty or too large file before its bytes are read. Uses the object's size, because an event may be wrong.
 */
const checkSize = (sizeBytes: number, maxBytes: number): Result<void> =>
  sizeBytes === 0 ? fail('FILE_EMPTY', 'The file has no bytes.') : checkMaxBytes(sizeBytes, maxBytes);

/** Turns an opened object into an attachment, or says why that is not possible. Reads only the first bytes. */
export const prepareAttachment = async (
  object: StoredObject,
  chunks: AsyncIterable<Uint8Array>,
  match: KeyMatch,
  rules: AttachmentRules,
  restrictions: Promise<Restrictions | undefined>,
): Promise<Result<PreparedAttachment>> => {
  const { sizeBytes, metadata } = object;
  const size = checkSize(sizeBytes, rules.maxBytes);
  if (!size.ok) return size;
  const encoding = checkContentEncoding(object.contentEncoding);
  if (!encoding.ok) return encoding;
  const remoteFields = remoteFieldsOf(metadata['kombo-remote-fields'], match, rules.remoteFields);
  if (!remoteFields.ok) return remoteFields;

  const named = { ...(metadata.filename !== undefined && { metadataFilename: metadata.filename }) };
  const peeked = await peek(chunks, sniffBytes);
  const contentType = await decideContentType(
    {
      head: peeked.head,
      filename: attachmentName(match.filename, named),
      ...(object.contentType !== undefined && { declared: object.contentType }),
    },
    rules.allowedTypes,
  );
  if (!contentType.ok) return contentType;

  const file = { type: match.attachmentType, contentType: contentType.value, sizeBytes };
  const taken = checkRestrictions(await restrictions, file);
  if (!taken.ok) return taken;

  const name = attachmentName(match.filename, { ...named, contentType: contentType.value });
  return ok({
    facts: { name, type: match.attachmentType, contentType: contentType.value, remoteFields: remoteFields.value },
    sizeBytes,
    chunks: peeked.chunks,
  });
};

const remoteFieldsOf = (
  perObject: string | undefined,
  { target }: KeyMatch,
  all: JsonObject,
): Result<JsonObject | undefined> => {
  const parsed = perObject === undefined ? ok({}) : parseRemoteFields(decodeMetadataText(perObject) ?? '');
  if (!parsed.ok) return parsed;
  const fields = remoteFieldsFor(target.kind, mergeRemoteFields(all, parsed.value));
  return ok(Object.keys(fields).length === 0 ? undefined : fields);
};
