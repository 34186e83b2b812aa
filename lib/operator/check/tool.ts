import type { Courier } from '../../courier.ts';
import { type Deadline, deadlineWithin } from '../../deadline.ts';
import { failureOf } from '../../failures/failures.ts';
import { checkTimeoutMs } from '../../limits.ts';
import type { Tool } from '../../read-back/learn-tool.ts';
import { toolSentences } from '../../read-back/words.ts';
import type { Target } from '../../upload/target.ts';
import { type CheckLine, fine, notTested, wrong } from './check-line.ts';

type ToolCheckCourier = Pick<Courier, 'lanes' | 'kombo' | 'clock'>;

/** How soon a lost answer can be decided: what is known of the tool, and whether Kombo lists a target's files for this key. */
export const checkTool = async (
  integrationId: string | undefined,
  deadline: Deadline,
  courier: ToolCheckCourier,
): Promise<readonly CheckLine[]> => {
  if (integrationId === undefined) return [];
  const tool = await courier.lanes.toolOf(integrationId);
  const known = toolSentences(tool, courier.clock.now());
  return [
    ...known.map((sentence) => fine(`tool of ${integrationId}`, sentence)),
    await listingLine(integrationId, tool, deadline, courier),
  ];
};

const listingLine = async (
  integrationId: string,
  tool: Tool,
  deadline: Deadline,
  { kombo, clock }: ToolCheckCourier,
): Promise<CheckLine> => {
  const what = `listing files of ${integrationId}`;
  const target = knownTarget(integrationId, tool);
  if (!target)
    return notTested(
      what,
      'No target is known yet: none of the files that were attached has been noted for a comparison.',
    );
  const own = deadlineWithin(clock, deadline, checkTimeoutMs);
  const answer = await kombo.listAttachments(target, own.signal).finally(own.clear);
  if (answer.ok) return fine(what, 'Kombo lists them, so lost answers can be looked up.');
  const { code } = answer.failure;
  switch (failureOf(code).asListing) {
    case 'look-again':
      return notTested(what, `Kombo did not answer the listing (${code}).`, 'Check again later.');
    case 'cannot-list':
      return fine(
        what,
        `Kombo cannot list files of this ATS (${code}), so an operator decides about most lost answers.`,
      );
    case 'hold': {
      const todo =
        'When a right is missing, allow "Read document attachments" in the Kombo scope config and for the customer\'s user of the ATS; when this candidate is gone, check again after the next delivery.';
      return wrong(what, `Kombo refuses to list them (${code}), so every file with a lost answer is held.`, todo);
    }
  }
};

/** A target that had a file of ours. */
const knownTarget = (integrationId: string, tool: Tool): Target | undefined => {
  for (const { kind, lessons, samples } of tool) {
    const known = lessons.at(-1) ?? samples[0];
    if (known) return { kind, id: known.targetId, integrationId };
  }
  return undefined;
};
