/** What Kombo can add an attachment to. */
export const targetKinds = ['candidate', 'application'] as const;
export type TargetKind = (typeof targetKinds)[number];

/** `candidate_id`: how key templates and requests name the id of a target. */
export type TargetIdName = `${TargetKind}_id`;
export const targetIdName = <Kind extends TargetKind>(kind: Kind): `${Kind}_id` => `${kind}_id`;

/** Where a CV belongs: one candidate or application of one integration. */
export interface Target {
  readonly kind: TargetKind;
  /** Kombo's id. `[A-Za-z0-9_-]{1,64}`; meaningless under another integration. */
  readonly id: string;
  /** `<tool>:<id>`, for example `greenhouse:` and 24 characters. */
  readonly integrationId: string;
}

/** `candidate/<id>`: how the ledger, the metrics and an operator name a target. */
export const targetKey = ({ kind, id }: Pick<Target, 'kind' | 'id'>): string => `${kind}/${id}`;

/** Kombo's attachment types; the ATS may decide by it where the file shows. */
export const attachmentTypes = ['CV', 'COVER_LETTER', 'OTHER'] as const;
export type AttachmentType = (typeof attachmentTypes)[number];
