import * as v from 'valibot';
import { toldStatuses } from '../lib/ledger/outcome-attributes.ts';
import { attachmentTypes, targetKinds } from '../lib/upload/target.ts';

const text = (form: RegExp, description: string) => v.pipe(v.string(), v.regex(form), v.description(description));
const number = (description: string) => text(/^(0|[1-9]\d*)$/, description);
const time = (description: string) => number(`${description}, in milliseconds since the epoch.`);

/**
 * The detail of the event for your own application. All values are text, because a pipe copies DynamoDB's numbers as
 * text; a missing value is an empty text. The pipe's template (infra/resources/outcome-events.yml) must produce exactly
 * this. docs/outcome-event.schema.json and the table in docs/events.md are generated from it.
 */
export const outcomeDetail = v.strictObject({
  upload: text(
    /^[0-9a-f]{32}$/,
    'The upload: the first 32 hex digits of the SHA-256 of "<bucket>/<key>#<ETag>" in UTF-8, with the ETag from S3 without quotes.',
  ),
  version: text(
    /^[1-9]\d*$/,
    'Version of the record. Of two events about one upload, the one with the higher version is newer.',
  ),
  status: v.pipe(v.picklist(toldStatuses), v.description('The outcome.')),
  code: text(
    /^([A-Z][A-Z0-9_.]*)?$/,
    'The reason. For an attached file it is empty, unless the malware scan did not find it clean. New codes may be added.',
  ),
  target: text(
    new RegExp(`^((${targetKinds.join('|')})/[A-Za-z0-9_-]{1,64})?$`),
    "The candidate or application, with Kombo's id; empty when the key names none.",
  ),
  integrationId: v.pipe(v.string(), v.description('The integration, <tool>:<id>; empty when the target is empty.')),
  type: v.pipe(
    v.picklist(['', ...attachmentTypes]),
    v.description('The attachment type; empty when the target is empty.'),
  ),
  sizeBytes: text(/^(0|[1-9]\d*)?$/, 'The size in bytes; empty when it is not known.'),
  etag: v.pipe(v.string(), v.description('The ETag of the object, without quotes.')),
  attempts: number('The number of delivery attempts.'),
  receivedAtMs: time('When the upload first arrived'),
  endedAtMs: time('When it was attached, held, rejected or superseded'),
  correlationId: text(
    /^[A-Za-z0-9._:-]{0,64}$/,
    "The object's metadata correlation-id, 1 to 64 characters of A-Z, a-z, 0-9 and ._:-; empty when it is missing or has another form, or the object was never opened.",
  ),
});

export type OutcomeDetail = v.InferOutput<typeof outcomeDetail>;

export const outcomeEvent = v.object({
  source: text(/^[A-Za-z0-9-]+$/, 'The name of the stack, with osls service and stage, for example cv-courier-prod.'),
  'detail-type': v.literal('CV Outcome'),
  detail: outcomeDetail,
});
