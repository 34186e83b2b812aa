import { accountLane } from './lane.ts';

/** The operator's name for the account's lane. */
export const accountName = 'account';

export const laneIdOf = (name: string): string => (name === accountName ? accountLane : name);

export const laneNameOf = (integrationId: string): string =>
  integrationId === accountLane ? accountName : integrationId;
