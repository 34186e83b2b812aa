import type { SSEStreamingApi } from 'hono/streaming';
import { failures } from '../../../../lib/failures/failures.ts';
import type { KeyTemplate } from '../../../../lib/key-template/match-key.ts';
import type { Pause } from '../../../../lib/pause/pause.ts';
import type { KomboEmulator } from '../../kombo/emulator.ts';
import type { Board } from './console-state.ts';
import { changesFor, stable } from './diff.ts';
import { faultSwitches } from './fault-switches.ts';
import { type Row, rowView } from './row.ts';
import { type Held, heldOf, heldView } from './stored-files.ts';
import type { Hello, PauseView } from './view.ts';

export interface LiveDeps {
  readonly board: Board;
  readonly kombo: KomboEmulator;
  readonly apiKey: string;
  readonly templates: readonly KeyTemplate[];
  readonly hello: Hello;
}

/** Nothing for so long, and a comment is sent: whoever has gone without a word is noticed by it. */
const heartbeatMs = 10_000;

/** Tells one page everything, then each change as it is seen. Settles when the page leaves or the console closes. */
export const tellLive = async (
  { board, kombo, apiKey, templates, hello }: LiveDeps,
  stream: SSEStreamingApi,
  names: boolean,
): Promise<void> => {
  const rowChanges = changesFor((row: Row) => rowView(row, templates, names));
  const heldChanges = changesFor((held: Held) => heldView(held, names));
  const settleHeld = stable<Held>();
  const onlyNew = onceEach();
  const tell = (event: string, data: unknown) => stream.writeSSE({ event, data: JSON.stringify(data) });

  let looked = Promise.withResolvers<void>();
  const stop = board.watch(() => looked.resolve());
  stream.onAbort(() => looked.resolve());
  const heartbeat = setInterval(() => void stream.write(': still here\n\n'), heartbeatMs);
  try {
    // The browser comes back this soon after the stack was stopped.
    await stream.write('retry: 700\n\n');
    await tell('hello', hello);
    while (!stream.aborted && !stream.closed) {
      await looked.promise;
      looked = Promise.withResolvers();
      const rows = rowChanges(board.rows);
      if (rows) await tell('rows', rows);
      const held = heldChanges(settleHeld(heldOf(kombo.attachments(), board)));
      if (held) await tell('held', held);
      for (const [event, state] of [
        ['faults', faultSwitches(kombo, apiKey)],
        ['pauses', board.pauses.map(pauseView)],
      ] as const) {
        if (onlyNew(event, state)) await tell(event, state);
      }
    }
  } finally {
    clearInterval(heartbeat);
    stop();
  }
};

const onceEach = () => {
  const told = new Map<string, string>();
  return (event: string, state: unknown): boolean => {
    const text = JSON.stringify(state);
    const isNew = told.get(event) !== text;
    told.set(event, text);
    return isNew;
  };
};

const pauseView = ({ scope, since, code, reason }: Pause): PauseView => ({
  scope,
  sinceMs: since,
  code,
  reason,
  nextStep: failures[code].nextStep,
});
