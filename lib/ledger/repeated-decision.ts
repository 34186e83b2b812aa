import { sameResendMs } from '../limits.ts';
import type { LedgerRecord } from './record.ts';

/**
 * Whether this resend has been carried out already. Clients repeat a request whose answer they did not get, and a second
 * resend is a second copy in the ATS. Who wants that gives another reason, or waits.
 */
export const isSameResend = ({ note }: Pick<LedgerRecord, 'note'>, reason: string, now: number): boolean =>
  note?.action === 'resend' && note.reason === reason && now - note.at < sameResendMs;
