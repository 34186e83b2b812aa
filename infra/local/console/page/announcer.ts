import type { RowView } from '../server/view.ts';
import { byId } from './element.ts';
import { manners } from './wording.ts';

/** Screen readers get a summary at most this often, not every step of every file. */
const everyMs = 1_500;

/**
 * Announces the files that reached a final or waiting state since the last announcement: "3 files attached. 1 file
 * rejected: ask for a PDF."
 */
export const announcer = (): ((before: RowView | undefined, now: RowView) => void) => {
  const node = byId('announcer', HTMLParagraphElement);
  let fresh: RowView[] = [];
  let timer: number | undefined;

  const speak = (): void => {
    timer = undefined;
    const byLabel = Map.groupBy(fresh, ({ state }) => manners[state].label);
    fresh = [];
    node.textContent = [...byLabel]
      .map(([label, views]) => {
        const count = views.length === 1 ? '1 file' : `${views.length} files`;
        const step = views.length === 1 ? (views[0]?.failure?.nextStep ?? '') : '';
        return `${count}: ${label}. ${step}`;
      })
      .join(' ');
  };

  return (before, now) => {
    // Skips rows that were there when the page opened, and short-lived states.
    if (before?.state === now.state || manners[now.state].tone === 'moving') return;
    if (before === undefined && Date.now() - now.changedAtMs > 5_000) return;
    fresh.push(now);
    if (timer === undefined) timer = window.setTimeout(speak, everyMs);
  };
};
