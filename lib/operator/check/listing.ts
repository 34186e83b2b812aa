import type { Courier } from '../../courier.ts';
import { type Deadline, deadlineWithin } from '../../deadline.ts';
import { failureOf } from '../../failures/failures.ts';
import { checkTimeoutMs, maxListedTargets } from '../../limits.ts';
import type { Tool } from '../../read-back/learn-tool.ts';
import { type Target, targetKey } from '../../upload/target.ts';
import { type CheckLine, fine, notTested, wrong } from './check-line.ts';

/**
 * Checks that this API key may list a target's files, so that lost answers can be looked up. Uses targets that are
 * likely to exist, never an invented one: Kombo counts failed calls and shows them to the customer as an issue, and no
 * documented response for an unknown target would prove the permission.
 */
export const checkListing = async (
  integrationId: string,
  targets: readonly Target[],
  deadline: Deadline,
  { kombo, clock }: Pick<Courier, 'kombo' | 'clock'>,
): Promise<CheckLine> => {
  const what = `listing files of ${integrationId}`;
  const own = deadlineWithin(clock, deadline, checkTimeoutMs);
  const refusals: string[] = [];
  try {
    for (const target of targets.slice(0, maxListedTargets)) {
      const answer = await kombo.listAttachments(target, own.signal);
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
        case 'forbidden':
          return wrong(
            what,
            `The permission to list them is missing (${code}), so every file with a lost answer is held.`,
            'Allow "Read document attachments" in the Kombo scope config, for the API key, and for the customer\'s ATS user.',
          );
        case 'hold':
          refusals.push(code);
      }
    }
  } finally {
    own.clear();
  }
  const todo = 'Check again after the next delivery.';
  if (refusals.length === 0)
    return notTested(what, 'No target is known yet: nothing was attached, and no key in the bucket names one.', todo);
  const found = `Kombo refuses to list the ${refusals.length} targets that were tried (${[...new Set(refusals)].join(', ')}); they may no longer exist, so this shows nothing about the permission.`;
  return notTested(what, found, todo);
};

/** Targets with an attached file come first. */
export const targetsToList = (integrationId: string, tool: Tool, inKeys: readonly Target[]): readonly Target[] => {
  const attached = tool.flatMap(({ kind, lessons, samples }) =>
    [...lessons.toReversed(), ...samples].map(({ targetId }) => ({ kind, id: targetId, integrationId })),
  );
  const own = [...attached, ...inKeys.filter((target) => target.integrationId === integrationId)];
  return [...new Map(own.map((target) => [targetKey(target), target])).values()];
};
