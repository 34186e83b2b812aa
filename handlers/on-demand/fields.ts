import * as v from 'valibot';
import { type FailureCode, isFailureCode } from '../../lib/failures/failures.ts';
import { isIntegrationId } from '../../lib/key-template/match-key.ts';
import { accountName } from '../../lib/lane/lane-name.ts';

/** S3's own limit, in bytes of UTF-8. */
const key = v.pipe(v.string(), v.nonEmpty(), v.maxBytes(1024));
const targetId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/));

/** `Date.parse` accepts 31 February and returns 3 March. */
const isCalendarDay = (day: string): boolean => {
  const time = Date.parse(`${day}T00:00:00Z`);
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(day);
};

/** All request fields: the schema of each, and the end of the sentence that reports a wrong value. */
export const fields = {
  key: {
    schema: key,
    is: 'an object key as text, for example "candidates/GRKwT7dMvcuqBnsZ5xHe4pYa/Frank Doe CV.pdf"',
  },
  keys: {
    schema: v.pipe(v.array(key), v.minLength(1), v.maxLength(100)),
    is: 'a list of 1 to 100 object keys, for example ["candidates/GRKwT7dMvcuqBnsZ5xHe4pYa/Frank Doe CV.pdf"]',
  },
  prefix: {
    schema: key,
    is: 'the beginning of object keys as text, for example "candidates/GRKwT7dMvcuqBnsZ5xHe4pYa/"; for a whole bucket, use S3 Batch Operations',
  },
  limit: {
    schema: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
    is: 'a whole number from 1 to 1000, for example 100',
  },
  cursor: {
    schema: v.pipe(v.string(), v.nonEmpty(), v.maxBytes(1200)),
    is: 'the "cursor" of the previous answer, as text',
  },
  list: {
    schema: v.picklist(['held', 'rejected']),
    is: '"held" (the default) or "rejected"',
  },
  etag: {
    schema: v.pipe(v.string(), v.nonEmpty(), v.maxLength(128)),
    is: 'the ETag that an answer of "status" shows, as text',
  },
  reason: {
    schema: v.pipe(v.string(), v.trim(), v.minLength(3), v.maxLength(500)),
    is: 'a text of 3 to 500 characters that says why, for example "The ATS works again."; it may be stored, so it must not name a person',
  },
  candidate_id: {
    schema: targetId,
    is: 'a Kombo candidate id as text, for example "GRKwT7dMvcuqBnsZ5xHe4pYa"',
  },
  application_id: {
    schema: targetId,
    is: 'a Kombo application id as text, for example "GRK456"',
  },
  integration_id: {
    schema: v.pipe(
      v.string(),
      v.check((text) => text === accountName || isIntegrationId(text)),
    ),
    is: '<tool>:<id> as text, for example "greenhouse:CBNMt7dSNCzBdnRTx87dev4E", or "account" for everything',
  },
  code: {
    schema: v.custom<FailureCode>(isFailureCode),
    is: 'a failure code as text, for example "RETRIES_EXHAUSTED"; "status" shows those of held files and pauses',
  },
  since: {
    schema: v.pipe(
      v.string(),
      v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/),
      v.check((text) => Number.isFinite(Date.parse(text)) && isCalendarDay(text.slice(0, 10))),
      v.transform((text) => Date.parse(text)),
    ),
    is: 'a time with its zone as text, for example "2026-11-01T10:00:00Z"',
  },
  dry_run: {
    schema: v.boolean(),
    is: 'true to see what the request would do, without doing it',
  },
  force: {
    schema: v.literal(true),
    is: 'true: with "resend" to accept that the ATS may then have the file twice, with "retry" to send a file without a clean scan verdict (never one in which a threat was found)',
  },
  event: {
    schema: v.union([
      v.string(),
      v.pipe(
        v.record(v.string(), v.unknown()),
        v.check((event) => Object.keys(event).length > 0),
      ),
    ]),
    is: 'the whole message of the failure queue, for example {"Records": [...]}',
  },
} as const;

export type FieldName = keyof typeof fields;

export const isFieldName = (name: string): name is FieldName => Object.hasOwn(fields, name);
