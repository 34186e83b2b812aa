import type { AskAction, Changes, RowView } from '../server/view.ts';
import { byId, element, setHidden, setText } from './element.ts';
import { type RowElement, rowElement } from './row-element.ts';
import { type Group, groups, manners } from './wording.ts';

export interface Rows {
  apply(changes: Changes<RowView>): void;
}

/** The list of deliveries: newest first, each row updated in place. */
export const rowList = (
  onAsk: (action: AskAction, view: RowView) => void,
  onChange: (before: RowView | undefined, now: RowView) => void,
): Rows => {
  const list = byId('rows', HTMLOListElement);
  const frame = byId('rows-frame', HTMLDivElement);
  const known = new Map<string, RowElement>();
  /** In page order. */
  let order: RowElement[] = [];
  const filters = filterButtons((group) => {
    list.dataset.filter = group;
    frame.scrollTop = 0;
    showCounts();
  });

  const showCounts = (): void => {
    const counts: Record<Group, number> = { moving: 0, waiting: 0, attached: 0, needs: 0, over: 0 };
    for (const { view } of known.values()) counts[manners[view.state].group] += 1;
    filters.show({ ...counts, all: known.size });
    const shown = list.dataset.filter ?? 'all';
    const none = shown !== 'all' && counts[shown as Group] === 0;
    setHidden(byId('rows-empty', HTMLDivElement), known.size > 0);
    setHidden(byId('filter-empty', HTMLParagraphElement), known.size === 0 || !none);
    setHidden(frame, known.size === 0 || none);
  };

  const place = (row: RowElement): void => {
    // Most rows are newer than all others, so the search starts at the top.
    let at = order.findIndex((other) => isBefore(row.view, other.view));
    if (at === -1) at = order.length;
    list.insertBefore(row.node, order[at]?.node ?? null);
    order.splice(at, 0, row);
  };

  const upsert = (view: RowView): void => {
    const same = known.get(view.id) ?? (view.replaces === undefined ? undefined : known.get(view.replaces));
    onChange(same?.view, view);
    if (same) {
      known.delete(same.view.id);
      same.update(view);
      known.set(view.id, same);
      return;
    }
    const made = rowElement(view, onAsk);
    known.set(view.id, made);
    place(made);
  };

  return {
    apply({ all, upsert: views, remove }) {
      if (all) {
        const kept = new Set(views.map(({ id }) => id));
        for (const id of [...known.keys()]) if (!kept.has(id)) drop(id);
      }
      for (const view of views) upsert(view);
      for (const id of remove) drop(id);
      showCounts();
    },
  };

  function drop(id: string): void {
    const row = known.get(id);
    if (!row) return;
    known.delete(id);
    order = order.filter((each) => each !== row);
    row.node.remove();
  }
};

const isBefore = (a: RowView, b: RowView): boolean => a.atMs > b.atMs || (a.atMs === b.atMs && a.id > b.id);

const filterButtons = (onChoose: (group: keyof typeof groups) => void) => {
  const counts = new Map<string, HTMLElement>();
  const buttons = Object.entries(groups).map(([group, label]) => {
    const count = element('span', { class: 'count' }, '0');
    const button = element(
      'button',
      { type: 'button', 'aria-pressed': String(group === 'all'), 'data-group': group, 'data-widest': `${label} 000` },
      element('span', {}, `${label} `, count),
    );
    counts.set(group, count);
    button.addEventListener('click', () => {
      for (const each of buttons) each.ariaPressed = String(each === button);
      onChoose(group as keyof typeof groups);
    });
    return button;
  });
  byId('filters', HTMLFieldSetElement).append(...buttons);
  return {
    show(numbers: Readonly<Record<string, number>>) {
      for (const [group, node] of counts) setText(node, String(numbers[group] ?? 0));
    },
  };
};
