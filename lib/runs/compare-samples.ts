import type { Courier } from '../courier.ts';
import { deadlineIn } from '../deadline.ts';
import { failureOf } from '../failures/failures.ts';
import type { Lane } from '../lane/lane-item.ts';
import { settleReserveMs } from '../limits.ts';
import { inParallel } from '../parallel.ts';
import { afterSample, type Sample, type SampleResult, type ToolGroup } from '../read-back/learn-tool.ts';
import { lookAt } from '../read-back/look.ts';
import { otherUploads } from '../read-back/other-uploads.ts';
import { isProofFor } from '../read-back/verdict.ts';
import { hasTime, type RunOptions } from './run-options.ts';

type SampleCourier = Pick<Courier, 'kombo' | 'links' | 'ledger' | 'lanes' | 'pauses' | 'clock'>;

/** How many comparisons a run has done, and how many of them found the file by its bytes. */
export interface SampleReport {
  readonly compared: number;
  readonly found: number;
}

/**
 * Lists the targets of the samples that are due, and keeps what that teaches about their tools. Takes a quarter of the time
 * that is left, so that many new integrations do not keep the sweep waiting. Any number of runs may overlap: the second one
 * repeats a listing, and learns the same.
 * @throws only when the table could not be read or written
 */
export const compareSamples = async (options: RunOptions, courier: SampleCourier): Promise<SampleReport> => {
  const { lanes, pauses, clock } = courier;
  const report = { compared: 0, found: 0 };
  const until = clock.now() + options.deadline.remainingMs() / 4;
  const mayStart = (): boolean => clock.now() < until && hasTime(options);
  await inParallel(lanes.due(), options.parallelism, mayStart, async (lane) => {
    if (await pauses.stopping(lane.integrationId)) return;
    for (const { group, sample } of dueSamples(lane, clock.now())) {
      if (!mayStart()) return;
      const result = await resultOf(lane, group, sample, options, courier);
      const now = clock.now();
      await lanes.learn(lane.integrationId, (tool) => afterSample(tool, group, sample, result, now));
      report.compared += 1;
      if (result === 'found') report.found += 1;
    }
  });
  return report;
};

const dueSamples = ({ tool }: Lane, now: number): readonly { group: ToolGroup; sample: Sample }[] =>
  tool.flatMap((group) => group.samples.filter(({ dueAt }) => dueAt <= now).map((sample) => ({ group, sample })));

const resultOf = async (
  { integrationId }: Lane,
  { kind }: ToolGroup,
  { id, targetId }: Sample,
  { deadline }: RunOptions,
  courier: SampleCourier,
): Promise<SampleResult> => {
  const entry = await courier.ledger.read(id);
  if (!entry?.readable) return 'dropped';
  const { record } = entry;
  const { state, content, target, sent, resentAt } = record;
  const isAnswered = state.status === 'attached' && state.evidence === 'answer' && resentAt === undefined;
  const isSame = target?.kind === kind && target.id === targetId && target.integrationId === integrationId;
  if (!isAnswered || !isSame || !content || !sent) return 'dropped';
  // The rule that decides lost answers: a file that would not be found by it then must not count as listed now.
  const isFound = isProofFor({ target, type: sent.type });
  const own = deadlineIn(courier.clock, deadline.remainingMs() - settleReserveMs);
  const look = await lookAt(
    target,
    sent.name,
    async () => ({ ours: content, oursIs: 'certain', others: await otherUploads(record, target, courier.ledger) }),
    isFound,
    own,
    courier,
  ).finally(own.clear);
  if (!look.ok) return failureOf(look.failure.code).asListing === 'look-again' ? 'unreadable' : 'not-found';
  if (look.files.some(isFound)) return 'found';
  const mayPass = look.files.some(({ comparison }) => comparison.kind === 'not-compared' && comparison.mayPass);
  return mayPass ? 'unreadable' : 'not-found';
};
