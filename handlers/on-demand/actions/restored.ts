import * as v from 'valibot';
import { accountName } from '../../../lib/lane/lane-name.ts';
import { dayMs } from '../../../lib/limits.ts';
import { noteRestore } from '../../../lib/operator/note-restore.ts';
import { damagedSweepAdvice } from '../../../lib/runs/sweep-store.ts';
import { maxRestoreAgeDays } from '../../limits.ts';
import { action } from '../action.ts';
import { fields } from '../fields.ts';

export const restored = action({
  name: 'restored',
  does: 'reports that the table was restored to its state at "since"; files that may have been sent after that are looked up before they are sent; "dry_run": true only says so',
  example: { action: 'restored', since: '2026-11-01T10:00:00Z', reason: 'Records were deleted by mistake.' },
  changes: true,
  schema: v.strictObject({
    since: fields.since.schema,
    reason: fields.reason.schema,
    dry_run: v.optional(fields.dry_run.schema),
  }),
  run: async ({ since, reason, dry_run = false }, courier) => {
    const at = courier.clock.now();
    if (since > at) {
      const message = `Nothing was done: "since" is in the future; it is now ${iso(at)}. It must be the time to which the table was restored.`;
      return { ok: false, message };
    }
    if (at - since > maxRestoreAgeDays * dayMs) {
      const message = `Nothing was done: "since" is more than ${maxRestoreAgeDays} days ago, which is further back than a point-in-time restore goes.`;
      return { ok: false, message };
    }
    const looked = `Waiting files, and uploads without a record, that are older than ${iso(at)} are looked up at their targets before they are sent.`;
    const isFinal =
      'This cannot be taken back: it delays these files, and holds those for which the check cannot be decided.';
    if (dry_run) {
      const message = `Nothing was changed. With this request: ${looked} The next sweep checks all uploads since ${iso(since)}. ${isFinal}`;
      return { ok: true, message, since: iso(since), olderThan: iso(at) };
    }
    const noted = await noteRestore({ since, at, reason }, courier);
    if (!noted.done) {
      const message =
        "Nothing was done: the record of the account's lane cannot be read. Resume the account, which writes a new one, and repeat this request before the schedule runs.";
      return { ok: false, message, next: { action: 'resume', integration_id: accountName, reason: '...' } };
    }
    const { sweepSince } = courier.settings;
    if (noted.sweep === 'damaged') {
      const message = `${looked} But the item of the sweep cannot be read, so uploads that are missing from the ledger are not found. ${damagedSweepAdvice} Then repeat this request.`;
      return { ok: false, message };
    }
    if (noted.sweep === 'busy') {
      return {
        ok: false,
        message: `${looked} But other runs kept changing the item of the sweep. Repeat the request.`,
      };
    }
    if (sweepSince !== undefined && sweepSince > since) {
      const message = `${looked} But SWEEP_SINCE is ${iso(sweepSince)}, so the sweep does not look at older uploads. Set it to ${iso(since)} or earlier, and deploy.`;
      return { ok: false, message };
    }
    const message = `${looked} The next sweep checks all uploads since ${iso(since)}. Running functions notice the restore within 30 seconds; start the schedule after that. ${isFinal}`;
    return { ok: true, message, since: iso(since), olderThan: iso(at) };
  },
});

const iso = (time: number): string => new Date(time).toISOString();
