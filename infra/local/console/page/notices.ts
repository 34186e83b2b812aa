import { byId, element } from './element.ts';

const maxNotices = 3;

/** Sentences about what the operator has just tried. They stay until the operator closes them. */
export const notices = (): ((sentence: string) => void) => {
  const root = byId('notices', HTMLDivElement);
  return (sentence) => {
    for (const each of root.children) if (each.firstChild?.textContent === sentence) return;
    const close = element('button', { type: 'button', class: 'quiet' }, 'Close');
    const notice = element('p', {}, element('span', {}, sentence), close);
    close.addEventListener('click', () => notice.remove());
    root.append(notice);
    while (root.childElementCount > maxNotices) root.firstElementChild?.remove();
  };
};
