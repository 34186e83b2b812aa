import type { Settings } from '../../config/config.ts';
import { matchKey } from '../../key-template/match-key.ts';
import { isSandboxIntegration } from '../../upload/kombo-id.ts';

export const canaryType = 'application/pdf';

/** What is wrong with the setting of the canary; "Parameter canaryKey " and `problem` make a sentence. */
export interface CanaryFault {
  readonly problem: string;
  readonly fix: string;
}

/** Stands for the integration of the stack: whatever that is, the key itself must name the sandbox. */
const ofTheStack = 'stack:own';

/**
 * Why no canary may be put under this key. The key names its integration itself, so that no later change of another setting
 * turns a file that still waits into one for a customer's ATS.
 */
export const canaryFault = (
  key: string,
  { keyTemplates, allowedTypes }: Pick<Settings, 'keyTemplates' | 'allowedTypes'>,
): CanaryFault | undefined => {
  const match = matchKey(keyTemplates, key, ofTheStack);
  if (!match.ok)
    return {
      problem: 'fits no key template, so its file would never be sent',
      fix: `Add ${exampleTemplate} to the key templates, or correct the key.`,
    };
  if (!isSandboxIntegration(match.value.target.integrationId))
    return {
      problem: 'is read by a key template that takes no integration of Kombo\'s sandbox ("sandbox:...") from it',
      fix: `Put ${exampleTemplate} first among the key templates, and let the key name the sandbox there.`,
    };
  if (!allowedTypes.has(canaryType))
    return { problem: 'names a PDF file, a type that is not sent', fix: 'Add pdf to the allowed types.' };
  return undefined;
};

const exampleTemplate = 'canary/{integration_id}/{candidate_id}/{filename}';
