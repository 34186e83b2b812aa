import type { Setting } from '../../lib/config/setting.ts';
import { settings } from '../../lib/config/settings.ts';
import { defaultAllowedTypes, parseAllowedTypes } from '../../lib/content-type/allowed-types.ts';
import { listKnownTypes } from '../../lib/content-type/known-types.ts';
import type { Actor } from '../../lib/failures/failure.ts';
import { everyFailure } from '../../lib/failures/failures.ts';

/**
 * Escapes the text of a table cell. A pipe would end the cell, and angle brackets would be read as HTML. Inside code
 * only the pipe needs escaping.
 */
export const cell = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll('<', '&lt;').replaceAll('>', '&gt;')))
    .join('')
    .replaceAll('|', '\\|');

export const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** The failures for which this actor must act first, with meaning and next step. */
export const failuresTable = (actor: Actor): string =>
  table(
    ['code', 'status', 'meaning', 'what to do'],
    Object.entries(everyFailure)
      .filter(([, { acts }]) => acts === actor)
      .map(([code, { status, meaning, nextStep }]) => [`\`${code}\``, status, cell(meaning), cell(nextStep)]),
  );

const sentByDefault = parseAllowedTypes(defaultAllowedTypes);

export const typesTable = (): string =>
  table(
    ['extension', 'MIME type', 'sent by default'],
    listKnownTypes().map(({ mimeType, extensions }) => [
      extensions.map((extension) => `\`${extension}\``).join(', '),
      `\`${mimeType}\``,
      sentByDefault.ok && sentByDefault.value.has(mimeType) ? 'yes' : '',
    ]),
  );

const defaultOf = ({ default: text, optional }: Setting<unknown>): string => {
  if (text !== undefined) return cell(`\`${text}\``);
  return optional ? 'none' : '**required**';
};

export const settingsTable = (): string =>
  table(
    ['variable', 'default', 'meaning'],
    Object.values<Setting<unknown>>(settings).map((setting) => [
      `\`${setting.name}\``,
      defaultOf(setting),
      cell(setting.meaning),
    ]),
  );
