import * as v from 'valibot';
import { type Target, type TargetIdName, targetIdName, targetKinds } from '../../../lib/upload/target.ts';
import { fields } from '../fields.ts';

/** The request fields that name a target, one per kind. */
export const targetFields = {
  candidate_id: v.optional(fields.candidate_id.schema),
  application_id: v.optional(fields.application_id.schema),
} as const satisfies Record<TargetIdName, v.GenericSchema>;

/** For rules about which fields may be combined. */
export const targetFieldNames = targetKinds.map(targetIdName);

/** The target that a request names, if it names one. */
export const targetIn = (
  input: Partial<Readonly<Record<TargetIdName, string | undefined>>>,
): Pick<Target, 'kind' | 'id'> | undefined => {
  for (const kind of targetKinds) {
    const id = input[targetIdName(kind)];
    if (id !== undefined) return { kind, id };
  }
  return undefined;
};
