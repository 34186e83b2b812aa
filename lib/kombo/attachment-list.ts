import { isObject, list, text } from '../json.ts';

/** An attachment as Kombo lists it. No size, no checksum: names, types and dates are all the evidence there is. */
export interface ListedAttachment {
  readonly name?: string;
  readonly type?: string;
  readonly contentType?: string;
  /** Milliseconds since the epoch; absent where the tool reports no date. */
  readonly createdAt?: number;
}

/** Reads each entry separately, so that an unexpected one does not hide the others. Without a list: unreadable. */
export const readAttachmentList = (data: unknown): readonly ListedAttachment[] | 'unreadable' => {
  const results = isObject(data) ? list(data.results) : undefined;
  return results === undefined ? 'unreadable' : results.map(readEntry);
};

const readEntry = (entry: unknown): ListedAttachment => {
  if (!isObject(entry)) return {};
  const name = text(entry.file_name);
  const type = text(entry.type);
  const contentType = text(entry.content_type);
  const createdAt = timestampOf(text(entry.remote_created_at));
  return {
    ...(name !== undefined && { name }),
    ...(type !== undefined && { type }),
    ...(contentType !== undefined && { contentType }),
    ...(createdAt !== undefined && { createdAt }),
  };
};

/** A day without a time proves nothing about minutes, so it counts as no date. Without a zone it is UTC. */
const timestampOf = (text = ''): number | undefined => {
  const form = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  if (!form) return undefined;
  const at = Date.parse(form[3] ? text : `${text}Z`);
  return Number.isNaN(at) ? undefined : at;
};
