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
 * Writes down an upload that nobody reported, and sends nothing: as waiting, so that the lanes send it in their turn; as
 * rejected, when its key names no target; with REQUIRE_SCAN as held, because its verdict never came.
 * @param seen the record of it that the ledger has, when it allows this upload
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
  // The same bytes as in its record, so a clean verdict is about them as well.
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
  detail: 'The object is in the bucket, and the ledger did not know it.',
} as const;
