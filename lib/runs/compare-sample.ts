import type { Courier } from '../courier.ts';
import { deadlineIn } from '../deadline.ts';
import { failureOf } from '../failures/failures.ts';
import type { ListedFile } from '../kombo/attachment-list.ts';
import type { Lane } from '../lane/lane.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { settleReserveMs } from '../limits.ts';
import { afterSample, type Sample, type SampleResult, type ToolGroup } from '../read-back/learn-tool.ts';
import { lookAt } from '../read-back/look.ts';
import { otherUploads } from '../read-back/other-uploads.ts';
import { isProofFor } from '../read-back/verdict.ts';
import { type FileContent, sameContent } from '../upload/file-content.ts';
import type { Target } from '../upload/target.ts';
import type { RunOptions } from './run-options.ts';

type SampleCourier = Pick<Courier, 'kombo' | 'links' | 'ledger' | 'lanes' | 'clock'>;

/** A due sample: an upload whose target is listed to learn what the tool does to files. */
export interface DueSample {
  readonly group: ToolGroup;
  readonly sample: Sample;
}

export interface Comparison {
  readonly status: 'compared';
  /** The target lists the file, recognised by its bytes. */
  readonly isFound: boolean;
}

export const dueSamples = ({ tool }: Lane, now: number): readonly DueSample[] =>
  tool.flatMap((group) => group.samples.filter(({ dueAt }) => dueAt <= now).map((sample) => ({ group, sample })));

/**
 * Lists the target of a sample and stores what that teaches about the tool. Safe to run twice: the second run repeats
 * the listing and learns the same.
 * @throws only when the table could not be read or written
 */
export const compareSample = async (
  lane: Lane,
  { group, sample }: DueSample,
  options: Pick<RunOptions, 'deadline'>,
  courier: SampleCourier,
): Promise<Comparison> => {
  const result = await resultOf(lane, group, sample, options, courier);
  const now = courier.clock.now();
  await courier.lanes.learn(lane.integrationId, (tool) => afterSample(tool, group, sample, result, now));
  return { status: 'compared', isFound: result === 'found' };
};

const resultOf = async (
  { integrationId }: Lane,
  { kind }: ToolGroup,
  { id, targetId }: Sample,
  { deadline }: Pick<RunOptions, 'deadline'>,
  courier: SampleCourier,
): Promise<SampleResult> => {
  const entry = await courier.ledger.read(id);
  if (!entry?.readable) return 'dropped';
  const { record } = entry;
  const { state, content, target, sent, resentAt } = record;
  const isAnswered = state.status === 'attached' && state.evidence === 'answer' && resentAt === undefined;
  const isSame = target?.kind === kind && target.id === targetId && target.integrationId === integrationId;
  if (!isAnswered || !isSame || !content || !sent) return 'dropped';
  // Uses the same rule as for lost answers: a file that the rule would not find must not count as listed here.
  const isFound = isProofFor({ target, type: sent.type });
  const own = deadlineIn(courier.clock, deadline.remainingMs() - settleReserveMs);
  const look = await lookAt(
    target,
    sent.name,
    async () => ({ ours: content, oursIs: 'certain', others: await otherUploads(record, target, courier.ledger) }),
    (compared) => isFound(compared) && personNamedBy(compared.file, target) === undefined,
    own,
    courier,
  ).finally(own.clear);
  if (!look.ok) return failureOf(look.failure.code).asListing === 'look-again' ? 'unreadable' : 'not-found';
  const proofs = look.files.filter(isFound);
  for (const { file } of proofs) {
    if (!(await mayComeByAnother(file, record, { target, content }, courier.ledger))) return 'found';
  }
  if (proofs.length > 0) return 'dropped';
  const mayPass = look.files.some(({ comparison }) => comparison.kind === 'not-compared' && comparison.mayPass);
  return mayPass ? 'unreadable' : 'not-found';
};

/**
 * Two uploads of the same bytes cannot be told apart at their target. A tool that lists only one of them, or lists one
 * late, would wrongly appear to list every file.
 */
const mayComeByAnother = async (
  file: ListedFile,
  record: LedgerRecord,
  { target, content }: { readonly target: Target; readonly content: FileContent },
  ledger: Ledger,
): Promise<boolean> => {
  const person = personNamedBy(file, target);
  for (const place of person ? [target, person] : [target]) {
    const others = await otherUploads(record, place, ledger);
    if (others.some((other) => mayBeSame(other.content, content))) return true;
  }
  return false;
};

/** An entry without an application may be a file of the candidate instead of this application. */
const personNamedBy = ({ applicationId, candidateId }: ListedFile, target: Target): Target | undefined =>
  target.kind === 'application' && applicationId === undefined && candidateId !== undefined
    ? { ...target, kind: 'candidate', id: candidateId }
    : undefined;

/** Checksums of different kinds cannot be compared, so only the sizes are. */
const mayBeSame = (a: FileContent, b: FileContent): boolean =>
  a.checksum.algorithm === b.checksum.algorithm ? sameContent(a, b) : a.sizeBytes === b.sizeBytes;
