import type { Changes, FaultSwitch, Hello, PauseView, RowView, StoredFileView } from '../server/view.ts';
import { byId, setText } from './element.ts';

export interface LiveListeners {
  hello(hello: Hello): void;
  rows(changes: Changes<RowView>): void;
  storedFiles(changes: Changes<StoredFileView>): void;
  faults(switches: readonly FaultSwitch[]): void;
  pauses(pauses: readonly PauseView[]): void;
}

const states = {
  connecting: 'Connecting',
  live: 'Live',
  lost: 'Stopped. Looking for the stack',
} as const;

const reopenMs = 700;

/**
 * Keeps a connection to the live stream. While the stack is stopped, it shows this, disables the controls that need the
 * stack, and tries to reconnect.
 */
export const listen = (listeners: LiveListeners): { reopen(names: boolean): void } => {
  const controls = document.querySelectorAll<HTMLFieldSetElement>('fieldset[data-needs-stack]');
  const sign = byId('connection', HTMLParagraphElement);
  let source: EventSource | undefined;
  let timer: number | undefined;

  const say = (state: keyof typeof states): void => {
    sign.dataset.state = state;
    setText(sign, states[state]);
    for (const each of controls) each.disabled = state === 'lost';
  };

  const open = (names: boolean): void => {
    window.clearTimeout(timer);
    source?.close();
    const opened = new EventSource(names ? '/live?names=shown' : '/live');
    source = opened;
    for (const [event, listener] of Object.entries(listeners)) {
      opened.addEventListener(event, ({ data }: MessageEvent<string>) => listener(JSON.parse(data)));
    }
    opened.addEventListener('open', () => say('live'));
    opened.addEventListener('error', () => {
      say('lost');
      // Browsers reconnect automatically, except after an error status.
      if (opened.readyState === EventSource.CLOSED) timer = window.setTimeout(() => open(names), reopenMs);
    });
  };
  return { reopen: open };
};
