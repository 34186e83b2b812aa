import type { AskAction, RowView } from '../server/view.ts';

/** What an operator can do about a held file, the most likely first: these stand in its row, beside the sentence that names them. */
export const stepsOf = ({ id, state, failure }: Pick<RowView, 'id' | 'state' | 'failure'>): readonly AskAction[] => {
  if (state !== 'held' || isWithoutRecord(id)) return [];
  const code = failure?.code ?? '';
  // No action of a file can read its record; the next step names the table.
  if (code === 'RECORD_UNREADABLE') return [];
  // It may be in the ATS already; only a look there tells which of these is right.
  if (code === 'OUTCOME_UNKNOWN') return ['resolve', 'resend', 'retry'];
  // Only a clean verdict, or more than a click, sends a file that the malware scan holds.
  if (code.startsWith('SCAN_')) return ['resolve'];
  return ['retry', 'resolve'];
};

/** What can be asked about any other file, or is harmless: it stands among the facts of an open row. */
export const otherActionsOf = (view: Pick<RowView, 'id' | 'state' | 'failure'>): readonly AskAction[] => {
  if (isWithoutRecord(view.id)) return [];
  const canRetry = view.state === 'rejected' || view.state === 'waiting' || view.state === 'unknown';
  return ['status', 'dryRun', ...(canRetry ? (['retry'] as const) : [])];
};

/** On-demand actions need a ledger record; uploads without one have a temporary id. */
const isWithoutRecord = (id: string): boolean => id.startsWith('up-');
