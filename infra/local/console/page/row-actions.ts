import type { AskAction, RowView } from '../server/view.ts';

/** The actions for a held file, the most likely first. They are shown in its row, next to the recommended next step. */
export const stepsOf = ({ id, state, failure }: Pick<RowView, 'id' | 'state' | 'failure'>): readonly AskAction[] => {
  if (state !== 'held' || isWithoutRecord(id)) return [];
  const code = failure?.code ?? '';
  // No action can read its record; the next step explains what to do.
  if (code === 'RECORD_UNREADABLE') return [];
  // The file may already be in the ATS. The user has to look there to know which action is right.
  if (code === 'OUTCOME_UNKNOWN') return ['resolve', 'resend', 'retry'];
  // A file that the malware scan holds is sent only after a clean verdict, or by an action that the console does not
  // offer.
  if (code.startsWith('SCAN_')) return ['resolve'];
  return ['retry', 'resolve'];
};

/** The actions for all other files, and those that change nothing. They are shown in the details of an open row. */
export const otherActionsOf = (view: Pick<RowView, 'id' | 'state' | 'failure'>): readonly AskAction[] => {
  if (isWithoutRecord(view.id)) return [];
  const canRetry = view.state === 'rejected' || view.state === 'waiting' || view.state === 'unknown';
  return ['status', 'dryRun', ...(canRetry ? (['retry'] as const) : [])];
};

/** On-demand actions need a ledger record; uploads without one have a temporary id. */
const isWithoutRecord = (id: string): boolean => id.startsWith('up-');
