import * as v from 'valibot';
import { toldStatuses } from '../lib/ledger/outcome-attributes.ts';
import { attachmentTypes, targetKinds } from '../lib/upload/target.ts';

const text = (form: RegExp, description: string) => v.pipe(v.string(), v.regex(form), v.description(description));
const number = (description: string) => text(/^(0|[1-9]\d*)$/, description);
const time = (description: string) => number(`${description}, in milliseconds since the epoch.`);

/**
 * The detail of the event that your own application gets: all texts, because a pipe copies DynamoDB's numbers as text, and
 * empty ones where there is nothing. The template of the pipe (infra/resources/outcome-events.yml) must make exactly this;
 * docs/outcome-event.schema.json and the table in docs/events.md are printed from it.
 */
export const outcomeDetail = v.strictObject({
  upload: text(
    /^[0-9a-f]{32}$/,
    'The upload: the first 32 hex digits of the SHA-256 of "<bucket>/<key>#<ETag>" in UTF-8, with the ETag as S3 answered it, without its quotes.',
  ),
  version: text(/^[1-9]\d*$/, 'Version of the record. Of two events about one upload the higher version counts.'),
  status: v.pipe(v.picklist(toldStatuses), v.description('What became of it.')),
  code: text(
    /^([A-Z][A-Z0-9_.]*)?$/,
    'Why; of an attached file only where the malware scan did not find it clean, otherwise empty. New codes may come.',
  ),
  target: text(
    new RegExp(`^((${targetKinds.join('|')})/[A-Za-z0-9_-]{1,64})?$`),
    "Where it belongs, with Kombo's id; empty when the key names nobody.",
  ),
  integrationId: v.pipe(v.string(), v.description('The integration, <tool>:<id>; empty with the target.')),
  type: v.pipe(v.picklist(['', ...attachmentTypes]), v.description('The type of attachment; empty with the target.')),
  sizeBytes: text(/^(0|[1-9]\d*)?$/, 'Its length in bytes; empty when nobody has said or seen it.'),
  etag: v.pipe(v.string(), v.description('The ETag of the object, without its quotes.')),
  attempts: number('How often it was taken for sending.'),
  receivedAtMs: time('When the upload first came'),
  endedAtMs: time('When it was attached, held, rejected or superseded'),
  correlationId: text(
    /^[A-Za-z0-9._:-]{0,64}$/,
    'The metadata correlation-id of the object, 1 to 64 of A-Z, a-z, 0-9 and ._:-; empty when there is none, it has another form, or the object was never opened.',
  ),
});

export type OutcomeDetail = v.InferOutput<typeof outcomeDetail>;

export const outcomeEvent = v.object({
  source: text(/^[A-Za-z0-9-]+$/, 'The name of the stack, with osls service and stage, for example cv-courier-prod.'),
  'detail-type': v.literal('CV Outcome'),
  detail: outcomeDetail,
});
