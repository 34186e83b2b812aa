import { sameResendMs } from '../limits.ts';
import type { LedgerRecord } from './record.ts';

/**
 * Whether this resend was already carried out. Clients repeat a request whose response they lost, and a second resend
 * would create a second copy in the ATS. To get one anyway, an operator gives another reason or waits.
 */
export const isSameResend = ({ note }: Pick<LedgerRecord, 'note'>, reason: string, now: number): boolean =>
  note?.action === 'resend' && note.reason === reason && now - note.at < sameResendMs;
