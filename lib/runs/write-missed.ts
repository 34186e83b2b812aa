import type { Courier } from '../courier.ts';
import type { Deadline } from '../deadline.ts';
import { deliver } from '../delivery/deliver.ts';
import type { DeliverCourier } from '../delivery/delivery-options.ts';
import { doubt, mayBeInDoubt, restoreOf } from '../delivery/doubt.ts';
import { holdUnscanned } from '../delivery/scan-verdict.ts';
import { matchKey } from '../key-template/match-key.ts';
import { outcomeOf, unchangedOutcome } from '../ledger/outcome-from-record.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { Outcome } from '../outcome.ts';
import type { Upload } from '../upload/upload.ts';

export type MissedCourier = DeliverCourier & Pick<Courier, 'settings'>;

/**
 * Writes an upload without an event to the ledger, and sends nothing. It is recorded as waiting, so that the lanes send
 * it in turn; as rejected, if its key names no target; with REQUIRE_SCAN as held, because it has no verdict.
 * @param seen its existing record, if that allows a new upload
 * @throws when the ledger could not be read or written
 */
export const writeMissed = async (
  upload: Upload,
  seen: LedgerRecord | undefined,
  touch: (integrationId: string) => Promise<void>,
  deadline: Deadline,
  courier: MissedCourier,
): Promise<Outcome> => {
  const { settings, ledger, clock } = courier;
  // Its record has the same bytes, so a clean verdict in it applies.
  if (settings.requireScan && seen?.verdict?.code !== 'clean') return holdUnscanned(upload, seen, courier);
  const match = matchKey(settings.keyTemplates, upload.key, settings.integrationId);
  if (!match.ok) return deliver(upload, { deadline }, courier);
  const { target, attachmentType } = match.value;
  const startedAt = clock.now();
  const restored = await restoreOf(target, courier);
  if (restored && mayBeInDoubt(upload, seen, restored)) {
    const doubted = { kind: 'doubted', upload, target, attachmentType, restored } as const;
    const outcome = await doubt(doubted, seen, courier);
    if (outcome) {
      courier.observe(outcome, { totalMs: clock.now() - startedAt });
      return outcome;
    }
  }
  await touch(target.integrationId);
  const postponed = {
    kind: 'postponed',
    upload,
    target,
    attachmentType,
    failure: missedEvent,
    dueAt: startedAt,
    ...(restored && { restored }),
  } as const;
  const written = await ledger.postpone(postponed, seen);
  if (!written.written) return unchangedOutcome(written.known, upload);
  const outcome = outcomeOf(written.record);
  courier.observe(outcome, { totalMs: clock.now() - startedAt });
  return outcome;
};

const missedEvent = {
  code: 'EVENT_MISSED',
  detail: 'The object was in the bucket without a ledger record.',
} as const;
