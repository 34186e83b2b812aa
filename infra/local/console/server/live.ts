import type { SSEStreamingApi } from 'hono/streaming';
import type { KeyTemplate } from '../../../../lib/key-template/match-key.ts';
import type { KomboEmulator } from '../../kombo/emulator.ts';
import type { ConsoleState } from './console-state.ts';
import { reuseUnchanged, trackChanges } from './diff.ts';
import { faultSwitches } from './fault-switches.ts';
import { pauseView } from './pause-view.ts';
import { type Row, rowView } from './row.ts';
import { type StoredFile, storedFilesOf, storedFileView } from './stored-files.ts';
import type { Hello } from './view.ts';

export interface LiveDeps {
  readonly consoleState: ConsoleState;
  readonly kombo: KomboEmulator;
  readonly apiKey: string;
  readonly templates: readonly KeyTemplate[];
  readonly hello: Hello;
}

/**
 * The interval of heartbeat comments. Writing fails for a page that disappeared without closing its connection, which
 * ends its stream.
 */
const heartbeatMs = 10_000;

/** Sends one page the full state, then every change. Resolves when the page disconnects or the console closes. */
export const streamLive = async (
  { consoleState, kombo, apiKey, templates, hello }: LiveDeps,
  stream: SSEStreamingApi,
  names: boolean,
): Promise<void> => {
  const rowChanges = trackChanges((row: Row) => rowView(row, templates, names));
  const storedFileChanges = trackChanges((file: StoredFile) => storedFileView(file, names));
  const reuseUnchangedFiles = reuseUnchanged<StoredFile>();
  const isNew = rememberSent();
  const sendEvent = (event: string, data: unknown) => stream.writeSSE({ event, data: JSON.stringify(data) });

  let nextReading = Promise.withResolvers<void>();
  const stop = consoleState.watch(() => nextReading.resolve());
  stream.onAbort(() => nextReading.resolve());
  const heartbeat = setInterval(() => void stream.write(': still here\n\n'), heartbeatMs);
  try {
    // The browser reconnects after this time when the stack was stopped.
    await stream.write('retry: 700\n\n');
    await sendEvent('hello', hello);
    while (!stream.aborted && !stream.closed) {
      await nextReading.promise;
      nextReading = Promise.withResolvers();
      const rows = rowChanges(consoleState.rows);
      if (rows) await sendEvent('rows', rows);
      const storedFiles = storedFileChanges(reuseUnchangedFiles(storedFilesOf(kombo.attachments(), consoleState)));
      if (storedFiles) await sendEvent('storedFiles', storedFiles);
      for (const [event, state] of [
        ['faults', faultSwitches(kombo, apiKey)],
        ['pauses', consoleState.pauses.map(pauseView)],
      ] as const) {
        if (isNew(event, state)) await sendEvent(event, state);
      }
    }
  } finally {
    clearInterval(heartbeat);
    stop();
  }
};

const rememberSent = () => {
  const sent = new Map<string, string>();
  return (event: string, state: unknown): boolean => {
    const text = JSON.stringify(state);
    const changed = sent.get(event) !== text;
    sent.set(event, text);
    return changed;
  };
};
