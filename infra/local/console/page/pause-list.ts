import type { PauseView } from '../server/view.ts';
import { byId, element, setHidden, setText } from './element.ts';
import { endOfPause, pausedSince } from './wording.ts';

interface Banner {
  readonly node: HTMLDivElement;
  say(pause: PauseView): void;
}

/** Shows what is paused and why, with a button to resume it. */
export const pauseList = (onResume: (pause: PauseView) => void): { apply(pauses: readonly PauseView[]): void } => {
  const root = byId('pauses', HTMLDivElement);
  /** A banner is kept as long as its pause, because its button may have the focus. */
  let banners: ReadonlyMap<string, Banner> = new Map();

  return {
    apply(pauses) {
      const before = banners;
      const idOf = ({ integration, code }: PauseView) => `${integration} ${code}`;
      banners = new Map(pauses.map((pause) => [idOf(pause), before.get(idOf(pause)) ?? banner(pause, onResume)]));
      for (const [id, { node }] of before) if (!banners.has(id)) node.remove();
      for (const [at, pause] of pauses.entries()) {
        const shown = banners.get(idOf(pause));
        if (!shown) continue;
        shown.say(pause);
        if (root.children[at] !== shown.node) root.insertBefore(shown.node, root.children[at] ?? null);
      }
      setHidden(root, pauses.length === 0);
    },
  };
};

const banner = (pause: PauseView, onResume: (pause: PauseView) => void): Banner => {
  const title = element('strong', {});
  const words = element('span', {});
  const resume = element('button', { type: 'button' }, 'Resume');
  resume.addEventListener('click', () => onResume(pause));
  return {
    node: element('div', { class: 'pause', role: 'status' }, element('p', {}, title, words), resume),
    say(now) {
      const { code, reason, nextStep = '' } = now;
      setText(title, pausedSince(now));
      setText(words, `${code}. ${reason} ${nextStep} ${endOfPause(now)}`);
    },
  };
};
