import { isUtf8 } from 'node:buffer';
import * as v from 'valibot';
import type { Result } from '../../../../lib/result.ts';
import { type ApiError, apiError } from './errors.ts';

/** The body of both POSTs, with its format checked. */
export interface AttachmentBody {
  readonly name: string;
  readonly type: 'CV' | 'COVER_LETTER' | 'OTHER';
  readonly contentType: string | undefined;
  readonly source:
    | { readonly kind: 'data'; readonly base64: string }
    | { readonly kind: 'data_url'; readonly url: URL };
  /** The remote fields that Kombo knows. */
  readonly remoteFields: unknown;
}

/** Kombo's own pattern: no parameters, `+` or blanks. */
export const contentTypePattern = /^[\w.-]+\/[\w.-]+$/;

const text = v.string('must be a string');
const optionalObject = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.optional(v.object(entries, 'must be an object'));

const attachment = v.object(
  {
    name: text,
    type: v.picklist(['CV', 'COVER_LETTER', 'OTHER'], 'must be CV, COVER_LETTER or OTHER'),
    content_type: v.optional(v.pipe(text, v.regex(contentTypePattern, 'must be type/subtype, without parameters'))),
    data: v.optional(text),
    data_url: v.optional(v.pipe(text, v.check(URL.canParse, 'must be a URL'))),
  },
  'must be an object',
);

const commonRemoteFields = {
  greenhouse: optionalObject({
    post_headers: optionalObject({ 'On-Behalf-Of': v.optional(v.nullable(text)) }),
  }),
  workable: optionalObject({ on_behalf_of_user_remote_id: v.optional(text) }),
};

const oracle = optionalObject({
  override_document_category: v.optional(
    v.picklist(
      ['IRC_CANDIDATE_RESUME', 'IRC_CANDIDATE_COVERLETTER', 'MISC', 'IRC_INTERNAL'],
      'must be one of the document categories of Oracle',
    ),
  ),
  multi_post_to_all_current_applications: v.optional(v.boolean('must be a boolean')),
});

/**
 * Unknown fields are accepted, because Kombo's own sample contains one. Only the application POST knows Oracle's
 * fields.
 */
const schemas = {
  candidate: v.object({ attachment, remote_fields: optionalObject(commonRemoteFields) }, 'must be a JSON object'),
  application: v.object(
    { attachment, remote_fields: optionalObject({ ...commonRemoteFields, oracle }) },
    'must be a JSON object',
  ),
};

/**
 * Checks every documented rule of the body except the base64 itself. Messages name the field but never quote a value.
 */
export const parseAttachmentBody = (
  bytes: Buffer,
  contentType: string | undefined,
  target: keyof typeof schemas,
): Result<AttachmentBody, ApiError> => {
  if (!/^application\/json\s*(;|$)/i.test(contentType ?? '')) {
    return invalid('The header Content-Type must be application/json.');
  }
  const json = parseJson(bytes);
  if (json === undefined) return invalid('The body must be valid JSON in UTF-8.');
  const parsed = v.safeParse(schemas[target], json, { abortEarly: true });
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const field = v.getDotPath(issue) ?? 'The body';
    // JSON has no undefined, so an undefined field was not sent.
    return invalid(`${field} ${issue.received === 'undefined' ? 'is required' : issue.message}.`);
  }
  const { name, type, content_type, data, data_url } = parsed.output.attachment;
  if (data !== undefined && data_url !== undefined) {
    return invalid('attachment.data and attachment.data_url must not be given together.');
  }
  const common = { name, type, contentType: content_type, remoteFields: parsed.output.remote_fields };
  if (data_url !== undefined) {
    return { ok: true, value: { ...common, source: { kind: 'data_url', url: new URL(data_url) } } };
  }
  if (data === undefined) return invalid('attachment.data or attachment.data_url is required.');
  if (content_type === undefined) return invalid('attachment.content_type is required with attachment.data.');
  return { ok: true, value: { ...common, source: { kind: 'data', base64: data } } };
};

const invalid = (message: string): { readonly ok: false; readonly error: ApiError } => ({
  ok: false,
  error: apiError('PLATFORM.INPUT_INVALID', message),
});

const parseJson = (bytes: Buffer): unknown => {
  if (!isUtf8(bytes)) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
};
