import type { Settings } from '../../config/config.ts';
import { matchKey } from '../../key-template/match-key.ts';
import { isSandboxIntegration } from '../../upload/kombo-id.ts';

export const canaryType = 'application/pdf';

/** What is wrong with the canary's setting; `problem` completes a sentence after "Parameter canaryKey". */
export interface CanaryFault {
  readonly problem: string;
  readonly fix: string;
}

/** A placeholder for the stack's integration: the key itself must name the sandbox, whatever that integration is. */
const ofTheStack = 'stack:own';

/**
 * Why no canary may be put under this key. The key must name its integration itself, so that a later change of another
 * setting cannot send a waiting canary to a customer's ATS.
 */
export const canaryFault = (
  key: string,
  { keyTemplates, allowedTypes }: Pick<Settings, 'keyTemplates' | 'allowedTypes'>,
): CanaryFault | undefined => {
  const match = matchKey(keyTemplates, key, ofTheStack);
  if (!match.ok)
    return {
      problem: 'matches no key template, so its file would never be sent',
      fix: `Add ${exampleTemplate} to the key templates, or correct the key.`,
    };
  if (!isSandboxIntegration(match.value.target.integrationId))
    return {
      problem: 'does not name an integration of Kombo\'s sandbox ("sandbox:...") through its key template',
      fix: `Make ${exampleTemplate} the first key template, and name the sandbox integration in the key.`,
    };
  if (!allowedTypes.has(canaryType))
    return { problem: 'names a PDF file, which is not an allowed type', fix: 'Add pdf to the allowed types.' };
  return undefined;
};

const exampleTemplate = 'canary/{integration_id}/{candidate_id}/{filename}';
