import { maskNames } from '../../../../lib/telemetry/mask-key.ts';
import { targetKey } from '../../../../lib/upload/target.ts';
import type { StoredAttachment } from '../../kombo/store/attachment-store.ts';
import type { ConsoleState } from './console-state.ts';
import { type Row, warningsView } from './row.ts';
import type { StoredFileView } from './view.ts';

/** A file that Kombo stores, with the warnings of its delivery, which Kombo's listing does not repeat. */
export type StoredFile = Omit<StoredFileView, 'href'>;

export const storedFilesOf = (
  attachments: readonly StoredAttachment[],
  { rows, records }: Pick<ConsoleState, 'rows' | 'records'>,
): readonly StoredFile[] => {
  const warnings = warningsByDelivery(rows, records);
  return attachments.map(({ id, target, name, type, contentType, sizeBytes, storedAtMs }) => ({
    id,
    target: targetKey(target),
    name,
    type,
    contentType,
    sizeBytes,
    storedAtMs,
    warnings: warnings.get(`${targetKey(target)}/${name}`) ?? [],
  }));
};

const warningsByDelivery = (
  rows: ReadonlyMap<string, Row>,
  records: ConsoleState['records'],
): ReadonlyMap<string, readonly string[]> =>
  new Map(
    [...rows.values()].flatMap(({ id, target, warnings }) => {
      const name = records.get(id)?.sent?.name;
      return target !== undefined && name !== undefined && warnings.length > 0 ? [[`${target}/${name}`, warnings]] : [];
    }),
  );

export const storedFileView = (file: StoredFile, names: boolean): StoredFileView => ({
  ...file,
  name: names ? file.name : maskNames(file.name),
  warnings: warningsView(file.warnings, names),
  href: `/attachments/${file.id}${names ? '?names=shown' : ''}`,
});

/** The file name of a download: the real name only when names are shown. */
export const downloadName = ({ name }: Pick<StoredFile, 'name'>, names: boolean): string =>
  names ? name : maskNames(name).replace('•••', 'attachment');
