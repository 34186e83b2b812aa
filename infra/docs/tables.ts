import type { Setting } from '../../lib/config/setting.ts';
import { settings } from '../../lib/config/settings.ts';
import { listKnownTypes } from '../../lib/content-type/known-types.ts';
import type { Actor } from '../../lib/failures/failure.ts';
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

/** The failures about which this one acts first: what each means for the upload, and what to do about it. */
export const failuresTable = (actor: Actor): string =>
  table(
    ['code', 'status', 'meaning', 'what to do'],
    Object.entries(everyFailure)
      .filter(([, { acts }]) => acts === actor)
      .map(([code, { status, meaning, nextStep }]) => [`\`${code}\``, status, cell(meaning), cell(nextStep)]),
  );

/** Every type that can be allowed. */
export const typesTable = (): string =>
  table(
    ['extension', 'MIME type'],
    listKnownTypes().map(({ mimeType, extensions }) => [
      extensions.map((extension) => `\`${extension}\``).join(', '),
      `\`${mimeType}\``,
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
