import type { Courier } from '../../courier.ts';
import type { Deadline } from '../../deadline.ts';
import { toolSentences } from '../../read-back/words.ts';
import type { Target } from '../../upload/target.ts';
import { type CheckLine, fine } from './check-line.ts';
import { checkListing, targetsToList } from './listing.ts';

/**
 * What decides how soon a lost answer can be settled: what is known about the tool, and whether this API key may list a
 * target's files.
 */
export const checkTool = async (
  integrationId: string | undefined,
  targetsInKeys: readonly Target[],
  deadline: Deadline,
  courier: Pick<Courier, 'lanes' | 'kombo' | 'clock'>,
): Promise<readonly CheckLine[]> => {
  if (integrationId === undefined) return [];
  const tool = await courier.lanes.toolOf(integrationId);
  const known = toolSentences(tool, courier.clock.now());
  return [
    ...known.map((sentence) => fine(`tool of ${integrationId}`, sentence)),
    await checkListing(integrationId, targetsToList(integrationId, tool, targetsInKeys), deadline, courier),
  ];
};
