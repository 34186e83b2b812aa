import type { Setting } from '../../lib/config/setting.ts';
import { settings } from '../../lib/config/settings.ts';
import { everyFailure } from '../../lib/failures/failures.ts';

/** A pipe would end the cell, and angle brackets would be taken for HTML; inside code both are safe but the pipe. */
export const cell = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll('<', '&lt;').replaceAll('>', '&gt;')))
    .join('')
    .replaceAll('|', '\\|');

export const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Every failure: what it means for the upload, and what a person does about it. */
export const failuresTable = (): string =>
  table(
    ['code', 'status', 'meaning', 'what to do'],
    Object.entries(everyFailure).map(([code, { status, meaning, nextStep }]) => [
      `\`${code}\``,
      status,
      cell(meaning),
      cell(nextStep),
    ]),
  );

const defaultOf = ({ default: text, optional }: Setting<unknown>): string => {
  if (text !== undefined) return cell(`\`${text}\``);
  return optional ? 'none' : '**required**';
};

/** Every environment variable of the functions. */
export const settingsTable = (): string =>
  table(
    ['variable', 'default', 'meaning'],
    Object.values<Setting<unknown>>(settings).map((setting) => [
      `\`${setting.name}\``,
      defaultOf(setting),
      cell(setting.meaning),
    ]),
  );
