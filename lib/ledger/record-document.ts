import { isDeepStrictEqual } from 'node:util';
import { at, isObject, type JsonObject } from '../json.ts';
import { parseUploadId } from '../upload/upload.ts';
import { endedAtFields } from './outcome-attributes.ts';
import type { Item } from './table.ts';

/*
 * Writes are billed per kilobyte. The document omits the content of the item's attributes, and fields with their usual
 * value. This keeps an item with a key of up to 100 characters below one kilobyte. These usual values are part of the
 * layout.
 */

/** The item's attributes, which the document does not repeat. */
type Beside = Omit<Item, 'document'>;

/** The fields of a record that `completed` cannot restore. */
export const shortened = (record: object, beside: Beside): JsonObject => {
  const { target: _, ...fields } = withShortVerdict(record as JsonObject);
  return withoutValues(fields, ordinaryValues(beside));
};

/** The reverse of `shortened`. Checks nothing: damaged fields stay as they are. */
export const completed = (fields: JsonObject, beside: Beside): JsonObject => ({
  ...withWholeVerdict(withValues(fields, ordinaryValues(beside))),
  ...targetBeside(beside),
});

/** With scans, nearly every record has a clean verdict. Its only information is its time, in whole seconds. */
const withShortVerdict = ({ verdict, ...fields }: JsonObject): JsonObject => {
  const cleanAt = at(verdict, 'code') === 'clean' ? at(verdict, 'at') : undefined;
  if (typeof cleanAt === 'number') return { ...fields, clean: cleanAt / 1000 };
  return verdict === undefined ? fields : { ...fields, verdict };
};

const withWholeVerdict = ({ clean, ...fields }: JsonObject): JsonObject =>
  typeof clean === 'number' ? { ...fields, verdict: { code: 'clean', at: Math.round(clean * 1000) } } : fields;

const targetBeside = ({ targetKey = '', integrationId }: Beside): JsonObject => {
  const [kind = '', id] = targetKey.split('/');
  return integrationId ? { target: { kind, id, integrationId } } : {};
};

/** Depends only on the item, so both directions use the same values. */
const ordinaryValues = (beside: Beside): JsonObject => {
  const { pk, version, createdAt, attempts, status, code, type, sizeBytes, endedAt, correlationId } = beside;
  const upload = parseUploadId(pk);
  const size = sizeBytes ? Number(sizeBytes) : undefined;
  return {
    upload: { ...upload, sizeBytes: size },
    version,
    createdAt,
    attempts,
    attachmentType: type || undefined,
    correlationId: correlationId || undefined,
    // A record that has only waited has no attempt, and so no time of one.
    attemptedAt: attempts === 0 ? undefined : createdAt,
    attemptsSinceRelease: attempts,
    updatedAt: endedAt,
    state: {
      status,
      ...(isEndedStatus(status) && { [endedAtFields[status]]: endedAt }),
      ...(status === 'attached' && { warnings: [] }),
      ...(code && { failure: { code } }),
    },
    // The name is stored only if the key had to be cleaned, or the uploader gave another name.
    sent: { name: upload?.key.slice(upload.key.lastIndexOf('/') + 1), type: type || undefined },
    content: { sizeBytes: size },
  };
};

const isEndedStatus = (status: string | undefined): status is keyof typeof endedAtFields =>
  status !== undefined && Object.hasOwn(endedAtFields, status);

/*
 * Both functions use loops and build one object each, because every read and write of a record calls them. With
 * entries, flatMap and fromEntries they were most of its cost.
 */

/** Nested objects are kept even if they become empty, because their existence is information. */
const withoutValues = (fields: JsonObject, values: JsonObject): JsonObject => {
  const rest: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    const [value, usual] = [fields[name], values[name]];
    if (isObject(value) && isObject(usual)) rest[name] = withoutValues(value, usual);
    else if (value === undefined || !isDeepStrictEqual(value, usual)) rest[name] = value;
  }
  return rest;
};

const withValues = (fields: JsonObject, values: JsonObject): JsonObject => {
  const whole: Record<string, unknown> = { ...fields };
  for (const name of Object.keys(values)) {
    const [value, usual] = [fields[name], values[name]];
    if (isObject(usual) && isObject(value)) whole[name] = withValues(value, usual);
    else if (value === undefined && usual !== undefined && !isObject(usual)) whole[name] = usual;
  }
  return whole;
};
