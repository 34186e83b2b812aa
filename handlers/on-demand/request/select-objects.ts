import type { FailureDetail } from '../../../lib/failures/failures.ts';
import { inParallel } from '../../../lib/parallel.ts';
import { ok, type Result } from '../../../lib/result.ts';
import { listUploads } from '../../../lib/upload/list-uploads.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { parallelHeads } from '../../limits.ts';
import type { ActionCourier } from '../action.ts';
import { parseKey } from './parse-key.ts';

export interface SelectionInput {
  readonly key?: string | undefined;
  readonly keys?: readonly string[] | undefined;
  readonly prefix?: string | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface Selection {
  readonly uploads: readonly Upload[];
  /** Keys that could not be read, and why. */
  readonly missing: readonly (FailureDetail & { readonly key: string })[];
  /** More objects follow under the prefix, after this key. */
  readonly afterKey?: string;
}

/** The objects that a request names, as they are in the bucket now. The error is a sentence for the operator. */
export const selectObjects = async (
  input: SelectionInput,
  defaultLimit: number,
  { settings, storage, deadline }: ActionCourier,
): Promise<Result<Selection, string>> => {
  const { bucket } = settings;
  if (input.prefix !== undefined) {
    const prefix = parseKey(input.prefix, bucket);
    if (!prefix.ok) return prefix;
    const { limit = defaultLimit, cursor } = input;
    const range = { prefix: prefix.value, limit, ...(cursor !== undefined && { afterKey: cursor }) };
    const listed = await listUploads(bucket, range, deadline.signal, storage);
    if (!listed.ok)
      return { ok: false, error: `The bucket cannot be listed: ${listed.error.code}. ${listed.error.detail}` };
    return ok({ ...listed.value, missing: [] });
  }

  const keys: string[] = [];
  for (const text of new Set(input.keys ?? [input.key ?? ''])) {
    const key = parseKey(text, bucket);
    if (!key.ok) return key;
    keys.push(key.value);
  }
  const found = new Map<string, Result<Upload>>();
  const always = (): boolean => true;
  await inParallel(keys, parallelHeads, always, async (key) => {
    found.set(key, await storage.find(bucket, key, deadline.signal));
  });
  const answers = keys.flatMap((key) => {
    const answer = found.get(key);
    return answer ? [{ key, answer }] : [];
  });
  return ok({
    uploads: answers.flatMap(({ answer }) => (answer.ok ? [answer.value] : [])),
    missing: answers.flatMap(({ key, answer }) => (answer.ok ? [] : [{ key, ...answer.error }])),
  });
};
