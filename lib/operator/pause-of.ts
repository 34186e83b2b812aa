import type { Courier } from '../courier.ts';
import { accountLane } from '../lane/lane.ts';
import { type Closed, closedBy } from '../lane/lane-store.ts';

/**
 * The pause that makes files of this integration wait. Read from the table: a delivery may use a view of the lane that
 * is up to 30 seconds old, but an operator must not be told that a pause does not exist.
 */
export const pauseOf = async (
  integrationId: string,
  { lanes }: Pick<Courier, 'lanes'>,
): Promise<Closed | undefined> => {
  const [account, lane] = await Promise.all([lanes.read(accountLane), lanes.read(integrationId)]);
  return closedBy(accountLane, account) ?? closedBy(integrationId, lane);
};
