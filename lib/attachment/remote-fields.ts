import * as v from 'valibot';
import { isObject, type JsonObject, parseJson } from '../json.ts';
import { fail, ok, type Result } from '../result.ts';
import type { TargetKind } from '../upload/target.ts';

/** An object or nothing; `looseObject` alone would take a list for one. */
const fields = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.optional(v.pipe(v.unknown(), v.check(isObject, 'must be an object'), v.looseObject(entries, 'must be an object')));

const text = v.optional(v.string('must be a text'));

/**
 * The fields that Kombo documents, under their names on the wire. Others pass untouched: Kombo adds fields for one tool
 * after another, and refuses what it does not want.
 */
const knownFields = v.looseObject({
  greenhouse: fields({
    post_headers: fields({
      'On-Behalf-Of': v.optional(v.nullable(v.string('must be a text or null'))),
      // The SDK's name for it. On the wire Kombo ignores that name, and the file would appear under another user.
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
 * Reads Kombo's `remote_fields`, from REMOTE_FIELDS or from the user metadata `kombo-remote-fields`.
 * Fails with REMOTE_FIELDS_INVALID, naming every known field of a wrong type; values are never quoted.
 */
export const parseRemoteFields = (json: string): Result<JsonObject> => {
  const value = parseJson(json);
  if (!isObject(value)) return fail('REMOTE_FIELDS_INVALID', 'The remote fields are not a JSON object.');
  const { issues = [] } = v.safeParse(knownFields, value);
  // Every path that the schema can name is Kombo's, not the uploader's.
  const faults = issues.map((issue) => `${v.getDotPath(issue)} ${issue.message}.`);
  return faults.length === 0 ? ok(value) : fail('REMOTE_FIELDS_INVALID', faults.join(' '));
};

/** The fields of one object over those for all: objects merge field by field, everything else replaces. */
export const mergeRemoteFields = (all: JsonObject, perObject: JsonObject): JsonObject =>
  // From entries, because an assignment to "__proto__" would not make a field.
  Object.fromEntries([
    ...Object.entries(all),
    ...Object.entries(perObject).map(([name, value]): [string, unknown] => {
      const below = all[name];
      return [name, isObject(below) && isObject(value) ? mergeRemoteFields(below, value) : value];
    }),
  ]);

/** Kombo takes `oracle` with an application only; settings for both targets may carry it. */
export const remoteFieldsFor = (kind: TargetKind, fields: JsonObject): JsonObject => {
  switch (kind) {
    case 'application':
      return fields;
    case 'candidate':
      return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'oracle'));
  }
};
