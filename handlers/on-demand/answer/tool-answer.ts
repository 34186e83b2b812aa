import { toolSentences } from '../../../lib/read-back/words.ts';
import type { ActionCourier } from '../action.ts';
import type { FileAnswer } from './file-answer.ts';

/**
 * What is known about the ATS of each file with an open outcome. It decides how soon a check of the target can settle
 * them.
 */
export const toolAnswer = async (
  files: readonly FileAnswer[],
  { lanes, clock }: Pick<ActionCourier, 'lanes' | 'clock'>,
): Promise<{ readonly tools?: Readonly<Record<string, readonly string[]>> }> => {
  const integrations = new Set(
    files.filter(isOpen).flatMap((file) => ('integration' in file ? [file.integration] : [])),
  );
  const tools: Record<string, readonly string[]> = {};
  for (const integration of integrations)
    if (integration !== undefined) tools[integration] = toolSentences(await lanes.toolOf(integration), clock.now());
  return integrations.size === 0 ? {} : { tools };
};

const isOpen = (file: FileAnswer): boolean =>
  file.status === 'unknown' || ('code' in file && file.code === 'OUTCOME_UNKNOWN');
