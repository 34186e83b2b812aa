import { nextStepFor } from '../../../lib/failures/advice.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { targetKey } from '../../../lib/upload/target.ts';
import type { Stack } from '../stack.ts';
import type { Step } from './step.ts';

export const failedStep = (status: string, reason: string, nextStep: string): Step => ({
  step: 'failed',
  atMs: Date.now(),
  status,
  reason,
  nextStep,
});

/** The last step of an upload, once its record is final. `attached` needs proof: Kombo must have the same bytes. */
export const lastStep = async (
  stack: Stack,
  { state, target, sent }: LedgerRecord,
  bytes: Buffer,
  startedAtMs: number,
): Promise<Step | undefined> => {
  switch (state.status) {
    case 'attached': {
      const stored = target ? stack.kombo.attachments({ target, integrationId: target.integrationId }) : [];
      const found = stored.findLast(({ name }) => name === sent?.name);
      if (!target || !found) {
        return failedStep(
          'attached',
          'The ledger says attached, but Kombo does not hold the file.',
          'Start with --fresh.',
        );
      }
      const same = bytes.equals(await found.bytes());
      if (!same)
        return failedStep(
          'attached',
          'The bytes that Kombo holds differ from the file.',
          'Compare the two; this is a bug.',
        );
      const { name, sizeBytes } = found;
      const step = state.attachedAt < startedAtMs ? 'already-attached' : 'attached';
      return { step, atMs: state.attachedAt, target: targetKey(target), name, sizeBytes };
    }
    case 'held':
    case 'rejected':
    case 'superseded': {
      const { code, detail, logUrl } = state.failure;
      const log = logUrl === undefined ? '' : ` logUrl: ${logUrl}`;
      return failedStep(state.status, `${code}: ${detail}`, `${nextStepFor(code, state.status)}${log}`);
    }
    case 'sending':
    case 'waiting':
    case 'unknown':
      return undefined;
  }
};
