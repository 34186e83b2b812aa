import { byId, element } from './element.ts';

const maxNotices = 3;
/** Long enough to read three sentences twice. */
const leavesAfterMs = 20_000;

/** Says what went wrong with something that the operator has just tried, and with which file. */
export type Notice = (sentence: string, file?: string) => void;

/** Sentences that leave after a while, but not while the pointer or the focus is on them, or when they are closed. */
export const notices = (namesShown: () => boolean): Notice => {
  const root = byId('notices', HTMLDivElement);
  return (sentence, file) => {
    const name = file === undefined ? [] : [element('bdi', {}, namesShown() ? file : 'A file'), ': '];
    const words = element('span', { class: 'words' }, ...name, sentence);
    for (const each of root.children) if (each.firstChild?.textContent === words.textContent) return;
    const close = element('button', { type: 'button', class: 'quiet' }, 'Close');
    const notice = element('p', {}, words, close);
    leaveLater(notice);
    close.addEventListener('click', () => notice.remove());
    root.append(notice);
    while (root.childElementCount > maxNotices) root.firstElementChild?.remove();
  };
};

const leaveLater = (notice: HTMLElement): void => {
  let timer = 0;
  const stay = () => window.clearTimeout(timer);
  const leave = () => {
    stay();
    timer = window.setTimeout(() => notice.remove(), leavesAfterMs);
  };
  for (const event of ['pointerenter', 'focusin']) notice.addEventListener(event, stay);
  for (const event of ['pointerleave', 'focusout']) notice.addEventListener(event, leave);
  leave();
};
