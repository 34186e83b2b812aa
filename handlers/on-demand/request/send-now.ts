import { deliver } from '../../../lib/delivery/deliver.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import { readBack } from '../../../lib/read-back/read-back.ts';
import type { ActionCourier } from '../action.ts';
import { type FileAnswer, fileOfOutcome } from '../answer/file-answer.ts';
import { withPause } from '../answer/paused-files.ts';

/** What happened to a released file. `released`: a pause, a full lane or another invocation prevented the attempt. */
export type Done = 'tried' | 'looked' | 'released';

/**
 * Does immediately what the schedule would do next with this record: the operator waits for the answer. `isDone`: the
 * file is attached, or it is released and continues automatically, which is what was asked for.
 */
export const sendNow = async (
  record: LedgerRecord,
  courier: ActionCourier,
): Promise<{ readonly file: FileAnswer; readonly done: Done; readonly isDone: boolean }> => {
  const { outcome, done } = await nextStepOf(record, courier);
  const file = await withPause(fileOfOutcome(outcome), courier);
  const isDone = attached.has(file.status) || (done === 'released' && continues.has(file.status));
  return { file: done === 'released' ? released(file) : file, done, isDone };
};

const attached: ReadonlySet<string> = new Set(['attached', 'already-attached']);
const continues: ReadonlySet<string> = new Set(['waiting', 'unknown', 'sending']);

/** The attempt changed nothing, but the release before it did. */
const released = (file: FileAnswer): FileAnswer => {
  if (!('unchanged' in file)) return file;
  const { unchanged: _, ...rest } = file;
  return rest as FileAnswer;
};

const nextStepOf = async (
  record: LedgerRecord,
  courier: ActionCourier,
): Promise<{ readonly outcome: Outcome; readonly done: Done }> => {
  if (record.state.status === 'unknown') {
    const outcome = await readBack(record, courier.deadline, courier);
    const hasLooked = outcome.status !== 'unchanged' && courier.settings.onUnknown !== 'resend';
    return { outcome, done: hasLooked ? 'looked' : 'released' };
  }
  const outcome = await deliver(record.upload, { deadline: courier.deadline, seen: record }, courier);
  // Each claim counts as an attempt. A file that another invocation has claimed is unchanged.
  const hasTried = 'attempt' in outcome && outcome.status !== 'unchanged' && outcome.attempt > record.attempts;
  return { outcome, done: hasTried ? 'tried' : 'released' };
};
