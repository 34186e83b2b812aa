import { byId, element } from './element.ts';

const maxNotices = 3;
/** Long enough to read three sentences twice. */
const leavesAfterMs = 20_000;

/** Reports a failed action of the user, and the file that it concerns. */
export type Notice = (sentence: string, file?: string) => void;

/** Shows messages that disappear after a while or when closed, but not while the pointer or the focus is on them. */
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
