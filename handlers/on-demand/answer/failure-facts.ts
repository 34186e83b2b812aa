import { nextStepFor } from '../../../lib/failures/advice.ts';
import type { FailureStatus } from '../../../lib/failures/failure.ts';
import { type FailureDetail, failures } from '../../../lib/failures/failures.ts';

export type FailureFacts = FailureDetail & { readonly meaning: string; readonly nextStep: string };

export const failureFacts = (failure: FailureDetail, status: FailureStatus): FailureFacts => ({
  ...failure,
  meaning: failures[failure.code].meaning,
  nextStep: nextStepFor(failure.code, status),
});
