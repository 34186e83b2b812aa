import { maskKey } from '../../../../lib/upload/object-key.ts';
import { targetKey } from '../../../../lib/upload/target.ts';
import type { StoredAttachment } from '../../kombo/store/attachment-store.ts';
import type { Board } from './console-state.ts';
import { type Row, warningsView } from './row.ts';
import type { HeldView } from './view.ts';

/** A file that Kombo holds, with the warnings that came with its delivery: Kombo's own listing does not repeat them. */
export type Held = Omit<HeldView, 'href'>;

export const heldOf = (
  attachments: readonly StoredAttachment[],
  { rows, records }: Pick<Board, 'rows' | 'records'>,
): readonly Held[] => {
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
  records: Board['records'],
): ReadonlyMap<string, readonly string[]> =>
  new Map(
    [...rows.values()].flatMap(({ id, target, warnings }) => {
      const name = records.get(id)?.sent?.name;
      return target !== undefined && name !== undefined && warnings.length > 0 ? [[`${target}/${name}`, warnings]] : [];
    }),
  );

export const heldView = (held: Held, names: boolean): HeldView => ({
  ...held,
  name: names ? held.name : maskKey(held.name),
  warnings: warningsView(held.warnings, names),
  href: `/attachments/${held.id}${names ? '?names=shown' : ''}`,
});

/** What the download is called: the real name only for whoever sees names. */
export const downloadName = ({ name }: Pick<Held, 'name'>, names: boolean): string =>
  names ? name : maskKey(name).replace('•••', 'attachment');
