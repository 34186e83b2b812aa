import type { AttachmentType } from '../upload/target.ts';

/** Kombo's wire format, with Kombo's own names. Nothing outside `kombo/` uses these names. */
export interface WireAttachment {
  readonly name: string;
  readonly type: AttachmentType;
  readonly content_type: string;
  readonly data?: string;
  readonly data_url?: string;
}

/**
 * Extra fields for single tools. The hyphenated names are the API's; the official SDK converts its own spelling to
 * them.
 */
export interface WireRemoteFields {
  readonly greenhouse?: { readonly post_headers?: { readonly 'On-Behalf-Of'?: string | null } };
  readonly workable?: { readonly on_behalf_of_user_remote_id?: string };
  readonly oracle?: {
    readonly override_document_category?:
      | 'IRC_CANDIDATE_RESUME'
      | 'IRC_CANDIDATE_COVERLETTER'
      | 'MISC'
      | 'IRC_INTERNAL';
    readonly multi_post_to_all_current_applications?: boolean;
  };
}

export interface WireAttachmentRequest {
  readonly attachment: WireAttachment;
  readonly remote_fields?: WireRemoteFields;
}

/** Every field may be missing, null, or of an undocumented type. */
export interface WireError {
  readonly code?: unknown;
  readonly title?: unknown;
  readonly message?: unknown;
  readonly log_url?: unknown;
}
