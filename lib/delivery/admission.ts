import { accountLane, type Lane, pausedSentence } from '../lane/lane.ts';
import { type Closed, closedBy, type Gate } from '../lane/lane-store.ts';
import type { EventOf } from '../ledger/ledger-event.ts';
import { busyForMs, timeBesideKomboMs } from '../limits.ts';
import type { Target } from '../upload/target.ts';
import type { DeliverCourier, DeliverOptions } from './delivery-options.ts';

/**
 * Whether a file may be sent now. If so, `leave` releases its place among the concurrent calls; otherwise `wait` says
 * why.
 */
export type Admission =
  | { readonly leave: () => void; readonly wait?: never }
  | { readonly leave?: never; readonly wait: Pick<EventOf<'postponed'>, 'failure' | 'dueAt'> };

/** Called before the claim, so that a file that has to wait costs one write, and no lease runs meanwhile. */
export const admit = async (
  { integrationId }: Target,
  options: DeliverOptions,
  courier: DeliverCourier,
): Promise<Admission> => {
  const before = await reasonToWait(integrationId, options, courier);
  if (before) return { wait: before };
  const reserveMs = Math.min(courier.settings.komboTimeoutMs + timeBesideKomboMs, options.deadline.remainingMs() / 2);
  const leave = await courier.load.enter(integrationId, options.deadline, reserveMs);
  if (!leave) return { wait: laneBusy(courier) };
  // Checked again, because the lane may have been paused while the file waited for its place.
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
  const closed = closedFor(probes, integrationId, gate);
  if (closed) {
    return {
      failure: { code: 'INTEGRATION_PAUSED', detail: withoutWords(closed, gate) },
      dueAt: courier.clock.now(),
    };
  }
  const isFull = !isPaced && !early && probes === undefined && courier.load.fullUntil(integrationId) !== undefined;
  return isFull ? laneBusy(courier) : undefined;
};

/** The pause's sentence without an operator's words: they may name a person, and the detail of a file is logged. */
const withoutWords = ({ integrationId, sentence }: Closed, { account, lane }: Gate): string => {
  const closing = integrationId === accountLane ? account : lane;
  if (closing === 'unreadable' || closing.pause?.by !== 'operator') return sentence;
  return pausedSentence(integrationId, closing.pause, 'An operator asked for it.');
};

/**
 * A probe ignores the pause that it tests; a probe of the account also ignores pauses of single lanes. It never ignores
 * an operator's pause.
 * @param probes the lane that is tested, if the file is a probe
 */
const closedFor = (probes: string | undefined, integrationId: string, { account, lane }: Gate): Closed | undefined => {
  const passes = (id: string, { pause }: Lane): boolean =>
    pause?.by !== 'operator' && (id === probes || probes === accountLane);
  const stopping = (id: string, one: Lane | 'unreadable'): Closed | undefined =>
    one !== 'unreadable' && passes(id, one) ? undefined : closedBy(id, one);
  return stopping(accountLane, account) ?? stopping(integrationId, lane);
};

const laneBusy = ({ clock }: DeliverCourier): NonNullable<Admission['wait']> => ({
  failure: { code: 'LANE_BUSY', detail: "Kombo's limit on concurrent calls for the integration was reached." },
  dueAt: clock.now() + busyForMs,
});
