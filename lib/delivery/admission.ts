import type { EventOf } from '../ledger/ledger-event.ts';
import { busyForMs } from '../limits.ts';
import type { Target } from '../upload/target.ts';
import type { DeliverCourier, DeliverOptions } from './delivery-options.ts';

/** Whether a file may be sent now: then `leave` gives back its place among the calls. Otherwise it waits, and why. */
export type Admission =
  | { readonly leave: () => void; readonly wait?: never }
  | { readonly leave?: never; readonly wait: Pick<EventOf<'postponed'>, 'failure' | 'dueAt'> };

/** Asked before the claim, so that a file that has to wait costs one write, and no lease runs while it does. */
export const admit = async (
  { integrationId }: Target,
  options: DeliverOptions,
  courier: DeliverCourier,
): Promise<Admission> => {
  const before = await reasonToWait(integrationId, options, courier);
  if (before) return { wait: before };
  const leave = await courier.load.enter(integrationId, options.deadline);
  if (!leave) return { wait: full(courier) };
  // Much can have happened while it waited for its place.
  const after = await reasonToWait(integrationId, options, courier).catch((error: unknown) => {
    leave();
    throw error;
  });
  if (!after) return { leave };
  leave();
  return { wait: after };
};

const reasonToWait = async (
  integrationId: string,
  { isProbe, isPaced, early }: DeliverOptions,
  courier: DeliverCourier,
): Promise<Admission['wait']> => {
  if (isProbe) return undefined;
  const { closed } = await courier.lanes.gate(integrationId);
  if (closed) {
    return { failure: { code: 'INTEGRATION_PAUSED', detail: closed.sentence }, dueAt: courier.clock.now() };
  }
  const isFull = !isPaced && !early && courier.load.fullUntil(integrationId) !== undefined;
  return isFull ? full(courier) : undefined;
};

const full = ({ clock }: DeliverCourier): NonNullable<Admission['wait']> => ({
  failure: { code: 'LANE_BUSY', detail: 'As many calls were in flight for the integration as Kombo allows.' },
  dueAt: clock.now() + busyForMs,
});
