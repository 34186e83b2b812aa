import { styleText } from 'node:util';
import { sizeText } from '../../../lib/attachment/size-text.ts';
import type { Step } from './step.ts';

const colours = {
  uploaded: 'cyan',
  event: 'cyan',
  claimed: 'cyan',
  sent: 'cyan',
  waiting: 'yellow',
  attached: 'green',
  'already-attached': 'green',
  failed: 'red',
} as const satisfies Record<Step['step'], Parameters<typeof styleText>[0]>;

/** A step as one aligned line: name, time since the upload, and details. */
export const stepText = (step: Step, startedAtMs: number): string => {
  const name = styleText(colours[step.step], label(step).padEnd(9));
  const since = step.step === 'uploaded' || step.step === 'already-attached' ? '' : `+${step.atMs - startedAtMs} ms`;
  return `  ${name} ${styleText('dim', since.padStart(8))}  ${particulars(step)}`;
};

const label = ({ step }: Step): string => (step === 'already-attached' ? 'attached' : step);

const particulars = (step: Step): string => {
  switch (step.step) {
    case 'uploaded':
      return `s3://${step.bucket}/${step.key}, ${sizeText(step.sizeBytes)}`;
    case 'event':
      return `${step.eventName} starts on-upload`;
    case 'claimed':
      return `in the ledger, attempt ${step.attempt}`;
    case 'sent':
      return `POST ${step.path}, ${sizeText(step.bodyBytes)}: ${step.status ?? 'no answer'}`;
    case 'waiting':
      return `${step.status}: ${step.why}${step.untilMs === undefined ? '' : `; until ${new Date(step.untilMs).toISOString()}`}`;
    case 'attached':
      return `to ${step.target} as "${step.name}", byte for byte`;
    case 'already-attached':
      return `to ${step.target} since ${new Date(step.atMs).toISOString()}; nothing was sent again (to see it sent again, add -- --fresh)`;
    case 'failed':
      return `${step.status}: ${step.reason}\n${' '.repeat(22)}${step.nextStep}`;
  }
};
