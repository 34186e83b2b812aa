/** What Kombo can add an attachment to. */
export const targetKinds = ['candidate', 'application'] as const;
export type TargetKind = (typeof targetKinds)[number];

/** `candidate_id`: the name of a target's id in key templates and requests. */
export type TargetIdName = `${TargetKind}_id`;
export const targetIdName = <Kind extends TargetKind>(kind: Kind): `${Kind}_id` => `${kind}_id`;

/** Where a CV belongs: one candidate or application of one integration. */
export interface Target {
  readonly kind: TargetKind;
  /** Kombo's id, `[A-Za-z0-9_-]{1,64}`. It has no meaning in another integration. */
  readonly id: string;
  /** `<tool>:<id>`, for example `greenhouse:` and 24 characters. */
  readonly integrationId: string;
}

/** `candidate/<id>`: a target's name in the ledger, in metrics and for operators. */
export const targetKey = ({ kind, id }: Pick<Target, 'kind' | 'id'>): string => `${kind}/${id}`;

/** Kombo's attachment types. The ATS may use the type to decide where it shows the file. */
export const attachmentTypes = ['CV', 'COVER_LETTER', 'OTHER'] as const;
export type AttachmentType = (typeof attachmentTypes)[number];
