import * as v from 'valibot';
import { defaultStatusFiles } from '../../limits.ts';
import { action, atMostOneOf } from '../action.ts';
import { fields } from '../fields.ts';
import { statusOfAll } from './status-of-all.ts';
import { statusOfKey } from './status-of-key.ts';
import { statusOfTarget } from './status-of-target.ts';

export const status = action({
  name: 'status',
  does: 'shows one key, all files of a candidate or application, or (without either) what waits and is held; with "list": "rejected", what was rejected',
  example: { action: 'status', candidate_id: 'GRK123' },
  schema: v.pipe(
    v.strictObject({
      key: v.optional(fields.key.schema),
      etag: v.optional(fields.etag.schema),
      candidate_id: v.optional(fields.candidate_id.schema),
      application_id: v.optional(fields.application_id.schema),
      list: v.optional(fields.list.schema),
      limit: v.optional(fields.limit.schema),
      cursor: v.optional(fields.cursor.schema),
    }),
    atMostOneOf('key', 'candidate_id', 'application_id')(),
    v.check(({ key, etag }) => key !== undefined || etag === undefined, '"etag" goes with "key" alone.'),
    v.check(
      ({ key, limit, cursor }) => key === undefined || (limit === undefined && cursor === undefined),
      '"limit" and "cursor" do not go with "key".',
    ),
    v.check(
      ({ list, key, candidate_id, application_id }) =>
        list === undefined || (key ?? candidate_id ?? application_id) === undefined,
      '"list" is about all files: it does not go with "key", "candidate_id" or "application_id".',
    ),
  ),
  run: async (
    { key, etag, candidate_id, application_id, list = 'held', limit = defaultStatusFiles, cursor },
    courier,
  ) => {
    const page = { limit, cursor };
    if (key !== undefined) return statusOfKey(key, etag, courier);
    if (candidate_id !== undefined) return statusOfTarget({ kind: 'candidate', id: candidate_id }, page, courier);
    if (application_id !== undefined) return statusOfTarget({ kind: 'application', id: application_id }, page, courier);
    return statusOfAll(list, page, courier);
  },
});
