import type { FailureDetail } from '../../../lib/failures/failures.ts';
import { inParallel } from '../../../lib/parallel.ts';
import { ok, type Result } from '../../../lib/result.ts';
import { listUploads } from '../../../lib/runs/backfill.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import type { ActionDeps } from '../action.ts';
import { namedKey } from './parse-key.ts';

export interface SelectionInput {
  readonly key?: string | undefined;
  readonly keys?: readonly string[] | undefined;
  readonly prefix?: string | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface Selection {
  readonly uploads: readonly Upload[];
  /** Keys that could not be asked for, and why. */
  readonly missing: readonly (FailureDetail & { readonly key: string })[];
  /** More lies under the prefix, after this key. */
  readonly afterKey?: string;
}

const headsAtOnce = 8;

/** The objects that a request names, as they stand in the bucket now. Fails with a sentence. */
export const select = async (
  input: SelectionInput,
  defaultLimit: number,
  { config, storage, deadline }: ActionDeps,
): Promise<Result<Selection, string>> => {
  const { bucket } = config;
  if (input.prefix !== undefined) {
    const prefix = namedKey(input.prefix, bucket);
    if (!prefix.ok) return prefix;
    const { limit = defaultLimit, cursor } = input;
    const range = { prefix: prefix.value, limit, ...(cursor !== undefined && { afterKey: cursor }) };
    const listed = await listUploads(bucket, range, deadline.signal, { storage });
    if (!listed.ok)
      return { ok: false, error: `The bucket cannot be listed: ${listed.error.code}. ${listed.error.detail}` };
    return ok({ ...listed.value, missing: [] });
  }

  const keys: string[] = [];
  for (const text of new Set(input.keys ?? [input.key ?? ''])) {
    const key = namedKey(text, bucket);
    if (!key.ok) return key;
    keys.push(key.value);
  }
  const found = new Map<string, Result<Upload>>();
  const always = (): boolean => true;
  await inParallel(keys, headsAtOnce, always, async (key) => {
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
