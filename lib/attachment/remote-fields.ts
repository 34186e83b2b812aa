import * as v from 'valibot';
import { isObject, type JsonObject, parseJson } from '../json.ts';
import { fail, ok, type Result } from '../result.ts';
import type { TargetKind } from '../upload/target.ts';

/** An optional object; `looseObject` alone would also accept a list. */
const fields = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.optional(v.pipe(v.unknown(), v.check(isObject, 'must be an object'), v.looseObject(entries, 'must be an object')));

const text = v.optional(v.string('must be a text'));

/**
 * The fields that Kombo documents, under their wire names. Other fields are passed on unchanged, because Kombo keeps
 * adding fields for more tools and rejects those that it does not accept.
 */
const knownFields = v.looseObject({
  greenhouse: fields({
    post_headers: fields({
      'On-Behalf-Of': v.optional(v.nullable(v.string('must be a text or null'))),
      // The SDK's name for this field. Kombo ignores it on the wire, so the file would appear under another user.
      on_behalf_of: v.optional(v.never('must be written On-Behalf-Of')),
    }),
  }),
  workable: fields({ on_behalf_of_user_remote_id: text }),
  oracle: fields({
    override_document_category: text,
    multi_post_to_all_current_applications: v.optional(v.boolean('must be true or false')),
  }),
});

/**
 * Reads Kombo's `remote_fields` from REMOTE_FIELDS or from the user metadata `kombo-remote-fields`. Fails with
 * REMOTE_FIELDS_INVALID and names every known field that has the wrong type; values are never quoted.
 */
export const parseRemoteFields = (json: string): Result<JsonObject> => {
  const value = parseJson(json);
  if (!isObject(value)) return fail('REMOTE_FIELDS_INVALID', 'The remote fields are not a JSON object.');
  const { issues = [] } = v.safeParse(knownFields, value);
  // The schema names only Kombo's fields, so a path contains no text of the uploader.
  const faults = issues.map((issue) => `${v.getDotPath(issue)} ${issue.message}.`);
  return faults.length === 0 ? ok(value) : fail('REMOTE_FIELDS_INVALID', faults.join(' '));
};

/**
 * Merges the fields of one object over those for all. Nested objects merge field by field; everything else is replaced.
 */
export const mergeRemoteFields = (all: JsonObject, perObject: JsonObject): JsonObject =>
  // Built from entries, because assigning to "__proto__" would not create a field.
  Object.fromEntries([
    ...Object.entries(all),
    ...Object.entries(perObject).map(([name, value]): [string, unknown] => {
      const below = all[name];
      return [name, isObject(below) && isObject(value) ? mergeRemoteFields(below, value) : value];
    }),
  ]);

/**
 * Kombo accepts `oracle` only for applications. REMOTE_FIELDS applies to both kinds of target, so it is left out for
 * candidates.
 */
export const remoteFieldsFor = (kind: TargetKind, fields: JsonObject): JsonObject => {
  switch (kind) {
    case 'application':
      return fields;
    case 'candidate':
      return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'oracle'));
  }
};
