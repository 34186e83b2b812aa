import { sizeText } from '../../../../lib/attachment/size-text.ts';
import type { Changes, StoredFileView } from '../server/view.ts';
import { byId, element, setHidden, setText } from './element.ts';
import { timeText } from './wording.ts';

interface Group {
  readonly node: HTMLDetailsElement;
  readonly list: HTMLUListElement;
  readonly count: HTMLElement;
}

const files = (count: number): string => (count === 1 ? '1 file' : `${count} files`);

/** The files that Kombo stores, by candidate and application. Each group accepts dropped files. */
export const storedList = (): { apply(changes: Changes<StoredFileView>): void } => {
  const root = byId('stored', HTMLDivElement);
  const groups = new Map<string, Group>();
  const items = new Map<string, { readonly node: HTMLLIElement; readonly view: StoredFileView }>();

  /**
   * @param isNew whether the file arrived while the page was open: its group is then expanded; of the earlier groups,
   *  only the first three are.
   */
  const groupOf = (target: string, isNew: boolean): Group => {
    const known = groups.get(target);
    if (known) return known;
    const count = element('span', { class: 'stored-count' });
    const list = element('ul', {});
    const summary = element('summary', {}, element('span', { class: 'target-name' }, target), count);
    const node = element('details', { 'data-target': target }, summary, list);
    node.open = isNew || groups.size < 3;
    root.prepend(node);
    const made = { node, list, count };
    groups.set(target, made);
    return made;
  };

  const drop = (id: string): void => {
    const item = items.get(id);
    item?.node.remove();
    items.delete(id);
  };

  const showCounts = (): void => {
    for (const [target, { node, list, count }] of groups) {
      setText(count, files(list.childElementCount));
      if (list.childElementCount > 0) continue;
      node.remove();
      groups.delete(target);
    }
    setText(byId('stored-total', HTMLParagraphElement), items.size === 0 ? '' : files(items.size));
    setHidden(byId('stored-empty', HTMLParagraphElement), items.size > 0);
  };

  return {
    apply({ all, upsert, remove }) {
      if (all) {
        const kept = new Set(upsert.map(({ id }) => id));
        for (const id of [...items.keys()]) if (!kept.has(id)) drop(id);
      }
      for (const view of upsert) {
        const node = storedFileElement(view);
        const before = items.get(view.id);
        if (before) before.node.replaceWith(node);
        else groupOf(view.target, !all).list.prepend(node);
        items.set(view.id, { node, view });
      }
      for (const id of remove) drop(id);
      showCounts();
    },
  };
};

const typeLabels: Readonly<Record<string, string>> = { CV: 'CV', COVER_LETTER: 'Cover letter', OTHER: 'Other' };

const storedFileElement = ({
  name,
  type,
  contentType,
  sizeBytes,
  storedAtMs,
  warnings,
  href,
}: StoredFileView): HTMLLIElement => {
  const at = timeText(storedAtMs);
  return element(
    'li',
    {},
    element('bdi', { class: 'name' }, name),
    element('a', { href, download: '', 'aria-label': `Download ${name}, stored at ${at}` }, 'Download'),
    element(
      'span',
      { class: 'stored-facts' },
      `${typeLabels[type] ?? type}, ${contentType}, ${sizeText(sizeBytes)}, ${at}`,
    ),
    ...warnings.map((warning) => element('span', { class: 'warning' }, warning)),
  );
};
