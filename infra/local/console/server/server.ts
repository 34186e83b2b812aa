import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Settings } from '../../../../lib/config/config.ts';
import { targetKinds } from '../../../../lib/upload/target.ts';
import { closeServer, listen, onFreePort } from '../../process/listen.ts';
import { sampleCandidateId } from '../../sample.ts';
import { pageAssets } from './assets.ts';
import { startConsoleState } from './console-state.ts';
import type { ObservedStack } from './observed-stack.ts';
import { routes } from './routes.ts';
import { templateFor } from './upload-key.ts';
import type { Hello } from './view.ts';

export interface ConsoleOptions {
  readonly stack: ObservedStack;
  /** See `onFreePort`. */
  readonly preferredPort: number;
}

export interface ConsoleServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the page on which a user drops files and watches their delivery. */
export const startConsole = async ({ stack, preferredPort }: ConsoleOptions): Promise<ConsoleServer> => {
  const { bucket, settings, s3, kombo, functions } = stack;
  const assets = await pageAssets();
  const consoleState = startConsoleState(stack);
  const app = routes({
    assets,
    consoleState,
    kombo,
    apiKey: settings.komboApiKey ?? '',
    templates: settings.keyTemplates,
    hello: helloOf(settings),
    upload: { s3, bucket, settings, uploads: consoleState.uploads, onChange: consoleState.nudge },
    stack: { functions, settings },
  });
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  // Slow uploads are allowed.
  server.requestTimeout = 0;
  const port = await onFreePort(preferredPort, (candidate) => listen(server, candidate));
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      consoleState.close();
      await closeServer(server);
    },
  };
};

const helloOf = ({ keyTemplates }: Settings): Hello => ({
  targets: targetKinds.flatMap((kind) => {
    const template = templateFor(keyTemplates, kind);
    return template ? [{ kind, keyForm: template.text }] : [];
  }),
  sampleId: sampleCandidateId,
});
