import type { Settings } from '../../config/config.ts';
import { literalPrefixes } from '../../key-template/match-key.ts';
import { documentedCallLimit, maxInstances } from '../../limits.ts';
import { canaryFault } from '../../runs/canary/canary-setting.ts';
import { type CheckLine, fine, warn, wrong } from './check-line.ts';

/** Checks options that packaging with osls rejects, but that a stack from the plain template can have. */
export const checkStackOptions = (
  settings: Pick<Settings, 'keyTemplates' | 'watchedPrefixes' | 'callingInstances' | 'canaryKey' | 'allowedTypes'>,
): readonly CheckLine[] => [...folderLines(settings), ...instanceLines(settings), ...canaryLines(settings)];

const canaryLines = ({
  canaryKey,
  ...settings
}: Pick<Settings, 'canaryKey' | 'keyTemplates' | 'allowedTypes'>): readonly CheckLine[] => {
  if (canaryKey === undefined) return [];
  const fault = canaryFault(canaryKey, settings);
  return [
    fault
      ? wrong('canary', `Parameter canaryKey ${fault.problem}. No canary is sent.`, `${fault.fix} Then deploy.`)
      : fine('canary', "An invented file is delivered to Kombo's sandbox once a day."),
  ];
};

const shown = (prefix: string): string => (prefix === '' ? 'the whole bucket' : `"${prefix}"`);

/** Without a deployed stack, the watched folders are not known. */
const folderLines = ({
  keyTemplates,
  watchedPrefixes,
}: Pick<Settings, 'keyTemplates' | 'watchedPrefixes'>): readonly CheckLine[] => {
  if (watchedPrefixes === undefined) return [];
  const folders = literalPrefixes(keyTemplates);
  const unwatched = folders.filter((folder) => !watchedPrefixes.some((watched) => folder.startsWith(watched)));
  const idle = watchedPrefixes.filter((watched) => !folders.some((folder) => folder.startsWith(watched)));
  const what = 'watched folders';
  return [
    ...unwatched.map((folder) =>
      wrong(
        what,
        `Key templates start in ${shown(folder)}, which the stack does not watch: uploads there are not noticed and may not be read.`,
        'Set one of Prefix1 to Prefix5 to this folder, or correct KeyTemplates, and deploy.',
      ),
    ),
    ...idle.map((watched) =>
      warn(
        what,
        `The stack watches ${shown(watched)}, but no key template starts there: uploads there are rejected.`,
        'Remove the folder from Prefix1 to Prefix5, or add its template to KeyTemplates, and deploy.',
      ),
    ),
    ...(unwatched.length + idle.length === 0
      ? [fine(what, 'The stack watches the folders in which the key templates start.')]
      : []),
  ];
};

const instanceLines = ({ callingInstances }: Pick<Settings, 'callingInstances'>): readonly CheckLine[] =>
  callingInstances > maxInstances
    ? [
        wrong(
          'concurrent instances',
          `All functions together may have ${callingInstances} instances; each makes at least one call, and Kombo allows at most ${documentedCallLimit} concurrent calls per integration.`,
          `Lower the concurrency of the functions until they are at most ${maxInstances} together.`,
        ),
      ]
    : [];
