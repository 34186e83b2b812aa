import type { Changes, HeldView } from '../server/view.ts';
import { byId, element, setHidden, setText } from './element.ts';
import { sizeText, timeText } from './wording.ts';

interface Group {
  readonly node: HTMLDetailsElement;
  readonly list: HTMLUListElement;
  readonly count: HTMLElement;
}

const files = (count: number): string => (count === 1 ? '1 file' : `${count} files`);

/** What Kombo holds, by candidate and application; each group takes files that are dropped on it. */
export const heldList = (): { apply(changes: Changes<HeldView>): void } => {
  const root = byId('held', HTMLDivElement);
  const groups = new Map<string, Group>();
  const items = new Map<string, { readonly node: HTMLLIElement; readonly view: HeldView }>();

  /** @param news a file that came while the page was open is shown; of what was there before, only some is. */
  const groupOf = (target: string, news: boolean): Group => {
    const known = groups.get(target);
    if (known) return known;
    const count = element('span', { class: 'held-count' });
    const list = element('ul', {});
    const summary = element('summary', {}, element('span', { class: 'target-name' }, target), count);
    const node = element('details', { 'data-target': target }, summary, list);
    node.open = news || groups.size < 3;
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

  const tellCounts = (): void => {
    for (const [target, { node, list, count }] of groups) {
      setText(count, files(list.childElementCount));
      if (list.childElementCount > 0) continue;
      node.remove();
      groups.delete(target);
    }
    setText(byId('held-total', HTMLParagraphElement), items.size === 0 ? '' : files(items.size));
    setHidden(byId('held-empty', HTMLParagraphElement), items.size > 0);
  };

  return {
    apply({ all, upsert, remove }) {
      if (all) {
        const kept = new Set(upsert.map(({ id }) => id));
        for (const id of [...items.keys()]) if (!kept.has(id)) drop(id);
      }
      for (const view of upsert) {
        const node = heldElement(view);
        const before = items.get(view.id);
        if (before) before.node.replaceWith(node);
        else groupOf(view.target, !all).list.prepend(node);
        items.set(view.id, { node, view });
      }
      for (const id of remove) drop(id);
      tellCounts();
    },
  };
};

const typeLabels: Readonly<Record<string, string>> = { CV: 'CV', COVER_LETTER: 'Cover letter', OTHER: 'Other' };

const heldElement = ({ name, type, contentType, sizeBytes, storedAtMs, warnings, href }: HeldView): HTMLLIElement => {
  const at = timeText(storedAtMs);
  return element(
    'li',
    {},
    element('span', { class: 'name' }, name),
    element('a', { href, download: '', 'aria-label': `Download ${name}, stored at ${at}` }, 'Download'),
    element(
      'span',
      { class: 'held-facts' },
      `${typeLabels[type] ?? type}, ${contentType}, ${sizeText(sizeBytes)}, ${at}`,
    ),
    ...warnings.map((warning) => element('span', { class: 'warning' }, warning)),
  );
};
