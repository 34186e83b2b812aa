import { isObject, list, text } from '../json.ts';

/** A file in Kombo's list. It has no size and no checksum, so only the content behind its link proves anything. */
export interface ListedFile {
  readonly name?: string;
  readonly type?: string;
  readonly contentType?: string;
  /**
   * A secret that is valid for days: never logged, never stored. Absent when Kombo serves the file later or not at all.
   */
  readonly link?: string;
  /** Kombo's application id, when the entry names one. */
  readonly applicationId?: string;
  /** Kombo's candidate id, when the listing covers the whole candidate. */
  readonly candidateId?: string;
  /** Milliseconds since the epoch; absent when the tool reports no meaningful time. */
  readonly createdAt?: number;
}

/** The target's files, as far as one response shows them. */
export interface Listing {
  readonly files: readonly ListedFile[];
  /** Kombo refers to a next page, so this list is incomplete. */
  readonly more: boolean;
}

/** Reads each entry separately, so that an unexpected one does not hide the others. */
export const readAttachmentList = (data: unknown): Listing | 'unreadable' => {
  if (!isObject(data)) return 'unreadable';
  const results = list(data.results);
  return results === undefined ? 'unreadable' : { files: results.map(readEntry), more: namesNextPage(data) };
};

/** Kombo's other lists use `next`. The other names are common in such APIs. */
const namesNextPage = (data: Readonly<Record<string, unknown>>): boolean =>
  ['next', 'next_cursor', 'next_page', 'cursor', 'has_more'].some((name) => Boolean(data[name]));

const readEntry = (entry: unknown): ListedFile => {
  if (!isObject(entry)) return {};
  const name = text(entry.file_name);
  const type = text(entry.type);
  const contentType = text(entry.content_type);
  const link = text(entry.data_url);
  const applicationId = text(entry.application_id);
  const candidateId = text(entry.candidate_id);
  const createdAt = timestampOf(text(entry.remote_created_at));
  return {
    ...(name !== undefined && { name }),
    ...(type !== undefined && { type }),
    ...(contentType !== undefined && { contentType }),
    ...(link !== undefined && { link }),
    ...(applicationId !== undefined && { applicationId }),
    ...(candidateId !== undefined && { candidateId }),
    ...(createdAt !== undefined && { createdAt }),
  };
};

/** Only a time with a zone counts. Midnight does not count, because tools that know only the day write it. */
const timestampOf = (text = ''): number | undefined => {
  const form = /^\d{4}-\d\d-\d\d[T ](\d\d:\d\d(:\d\d(\.\d+)?)?)(Z|[+-]\d\d:?\d\d)$/.exec(text);
  if (!form?.[1] || /^00:00(:00(\.0+)?)?$/.test(form[1])) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
};
