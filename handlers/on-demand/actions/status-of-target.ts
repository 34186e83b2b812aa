import type { LedgerEntry } from '../../../lib/ledger/ledger.ts';
import { type Target, targetKey } from '../../../lib/upload/target.ts';
import type { ActionCourier } from '../action.ts';
import { type Answer, count } from '../answer/answer.ts';
import { type FileAnswer, fileOfRecord } from '../answer/file-answer.ts';
import { sentenceOf } from '../answer/file-sentence.ts';
import { withPauses } from '../answer/paused-files.ts';
import { toolAnswer } from '../answer/tool-answer.ts';
import type { PageRequest } from '../request/page-request.ts';

/** Which files of this candidate or application does the ledger know? */
export const statusOfTarget = async (
  target: Pick<Target, 'kind' | 'id'>,
  { limit, cursor }: PageRequest,
  courier: ActionCourier,
): Promise<Answer> => {
  const shown: LedgerEntry[] = [];
  let skipping = cursor !== undefined;
  let more = false;
  for await (const known of courier.ledger.ofTarget(target)) {
    if (skipping) {
      skipping = known.id !== cursor;
      continue;
    }
    more = shown.length === limit;
    if (more) break;
    shown.push(known);
  }
  if (skipping) {
    return { ok: false, message: 'The file in "cursor" is no longer in this list. Repeat the request without it.' };
  }
  const name = `${target.kind} ${target.id}`;
  const files = await withPauses(shown.map(fileOfRecord), courier);
  const [only] = files;
  if (!only) {
    const message = `The ledger has no record of a file of ${name}. Check the id, or ask with the "key" of a file.${courier.settings.requireScan ? ' With REQUIRE_SCAN on, a new upload has a record only once its scan verdict has arrived.' : ''}`;
    return { ok: true, message, target: targetKey(target), files };
  }
  const known = `The ledger knows ${more ? 'more than ' : ''}${count(files.length, 'file')} of ${name}`;
  const isWhole = cursor === undefined && !more;
  const newest = isWhole ? `The newest file: ${sentenceOf(newestOf(files) ?? only)} ` : '';
  const message = files.length === 1 ? `${known}. ${sentenceOf(only)}` : `${newest}${known}: ${tally(files)}`;
  return {
    ok: true,
    message,
    target: targetKey(target),
    files,
    ...(await toolAnswer(files, courier)),
    ...(more && { next: { action: 'status', [`${target.kind}_id`]: target.id, limit, cursor: shown.at(-1)?.id } }),
  };
};

const newestOf = (files: readonly FileAnswer[]): FileAnswer | undefined =>
  files.toSorted((a, b) => (firstSeen(a) > firstSeen(b) ? -1 : 1))[0];

const firstSeen = (file: FileAnswer): string => ('firstSeenAt' in file ? (file.firstSeenAt ?? '') : '');

const tally = (files: readonly { readonly status: string }[]): string => {
  const counts = new Map<string, number>();
  for (const { status } of files) counts.set(status, (counts.get(status) ?? 0) + 1);
  return `${[...counts].map(([status, number]) => `${number} ${status}`).join(', ')}.`;
};
