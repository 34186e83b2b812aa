import { accountLane } from './lane.ts';

/** How an operator calls the lane of everything behind the API key. */
export const accountName = 'account';

export const laneIdOf = (name: string): string => (name === accountName ? accountLane : name);

export const laneNameOf = (integrationId: string): string =>
  integrationId === accountLane ? accountName : integrationId;
