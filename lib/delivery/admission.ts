import { accountLane, type Lane } from '../lane/lane.ts';
import { type Closed, closedBy, type Gate } from '../lane/lane-store.ts';
import type { EventOf } from '../ledger/ledger-event.ts';
import { busyForMs, timeBesideKomboMs } from '../limits.ts';
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
  const reserveMs = Math.min(courier.settings.komboTimeoutMs + timeBesideKomboMs, options.deadline.remainingMs() / 2);
  const leave = await courier.load.enter(integrationId, options.deadline, reserveMs);
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
  { probes, isPaced, early }: DeliverOptions,
  courier: DeliverCourier,
): Promise<Admission['wait']> => {
  const gate = await courier.lanes.gate(integrationId);
  const closed = probes === undefined ? gate.closed : closedToProbe(probes, integrationId, gate);
  if (closed) {
    return { failure: { code: 'INTEGRATION_PAUSED', detail: closed.sentence }, dueAt: courier.clock.now() };
  }
  const isFull = !isPaced && !early && probes === undefined && courier.load.fullUntil(integrationId) !== undefined;
  return isFull ? full(courier) : undefined;
};

/** A probe passes the pause that it tests, and for the account those of single lanes; never one that an operator asked for. */
const closedToProbe = (probes: string, integrationId: string, { account, lane }: Gate): Closed | undefined => {
  const passes = (id: string, { pause }: Lane): boolean =>
    pause?.by !== 'operator' && (id === probes || probes === accountLane);
  const stopping = (id: string, one: Lane | 'unreadable'): Closed | undefined =>
    one !== 'unreadable' && passes(id, one) ? undefined : closedBy(id, one);
  return stopping(accountLane, account) ?? stopping(integrationId, lane);
};

const full = ({ clock }: DeliverCourier): NonNullable<Admission['wait']> => ({
  failure: { code: 'LANE_BUSY', detail: 'As many calls were in flight for the integration as Kombo allows.' },
  dueAt: clock.now() + busyForMs,
});
