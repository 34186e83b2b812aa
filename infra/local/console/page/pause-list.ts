import type { PauseView } from '../server/view.ts';
import { byId, element, setHidden } from './element.ts';
import { endOfPause, pausedSince } from './wording.ts';

/** What is paused, why, and the way to resume it. */
export const pauseList = (onResume: (pause: PauseView) => void): { apply(pauses: readonly PauseView[]): void } => {
  const root = byId('pauses', HTMLDivElement);
  return {
    apply(pauses) {
      setHidden(root, pauses.length === 0);
      root.replaceChildren(
        ...pauses.map((pause) => {
          const { code, reason, nextStep = '' } = pause;
          const resume = element('button', { type: 'button' }, 'Resume');
          resume.addEventListener('click', () => onResume(pause));
          return element(
            'div',
            { class: 'pause', role: 'status' },
            element(
              'p',
              {},
              element('strong', {}, pausedSince(pause)),
              ` ${code}. ${reason} ${nextStep} ${endOfPause(pause)}`,
            ),
            resume,
          );
        }),
      );
    },
  };
};
