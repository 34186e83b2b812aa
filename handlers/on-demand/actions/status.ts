import * as v from 'valibot';
import { defaultStatusFiles } from '../../limits.ts';
import { action, atMostOneOf } from '../action.ts';
import { fields } from '../fields.ts';
import { targetFieldNames, targetFields, targetIn } from '../request/target-fields.ts';
import { statusOfAll } from './status-of-all.ts';
import { statusOfKey } from './status-of-key.ts';
import { statusOfTarget } from './status-of-target.ts';

export const status = action({
  name: 'status',
  does: 'shows one key, all files of a candidate or application, or (without either) what waits and is held; with "list": "rejected", what was rejected',
  example: { action: 'status', candidate_id: 'GRKwT7dMvcuqBnsZ5xHe4pYa' },
  changes: false,
  schema: v.pipe(
    v.strictObject({
      key: v.optional(fields.key.schema),
      etag: v.optional(fields.etag.schema),
      ...targetFields,
      list: v.optional(fields.list.schema),
      limit: v.optional(fields.limit.schema),
      cursor: v.optional(fields.cursor.schema),
    }),
    atMostOneOf('key', ...targetFieldNames)(),
    v.check(({ key, etag }) => key !== undefined || etag === undefined, '"etag" is allowed only with "key".'),
    v.check(
      ({ key, limit, cursor }) => key === undefined || (limit === undefined && cursor === undefined),
      '"limit" and "cursor" are not allowed with "key".',
    ),
    v.check(
      ({ list, key, ...input }) => list === undefined || (key === undefined && targetIn(input) === undefined),
      `"list" is about all files: it is not allowed with "key", ${targetFieldNames.map((name) => `"${name}"`).join(' or ')}.`,
    ),
  ),
  run: async ({ key, etag, list = 'held', limit = defaultStatusFiles, cursor, ...input }, courier) => {
    const target = targetIn(input);
    const page = { limit, cursor };
    if (key !== undefined) return statusOfKey(key, etag, courier);
    return target ? statusOfTarget(target, page, courier) : statusOfAll(list, page, courier);
  },
});
