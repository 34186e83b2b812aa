import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Asset } from './assets.ts';
import { setFault } from './fault-switches.ts';
import { forwardUpload, type UploadDeps } from './forward-upload.ts';
import { type LiveDeps, streamLive } from './live.ts';
import type { ObservedStack } from './observed-stack.ts';
import { ask, readQuestion } from './on-demand.ts';
import { sameOriginOnly } from './same-origin-only.ts';
import { downloadName } from './stored-files.ts';

export interface RouteDeps extends LiveDeps {
  readonly assets: ReadonlyMap<string, Asset>;
  readonly upload: UploadDeps;
  readonly stack: Pick<ObservedStack, 'functions' | 'settings'>;
}

/** Every route of the console. Names are shown only to a caller that sends `names=shown`. */
export const routes = (deps: RouteDeps): Hono => {
  const { assets, consoleState, kombo, upload, stack } = deps;
  const app = new Hono();
  app.use(sameOriginOnly);
  app.notFound((c) => c.json({ error: 'The console has no such page.' }, 404));
  // The message of an error may contain a name, so it is not sent.
  app.onError((_, c) => c.json({ error: 'The console failed. The terminal may show the cause.' }, 500));

  for (const [path, { contentType, body }] of assets) {
    app.get(path, (c) => c.body(body, 200, { 'content-type': contentType }));
  }

  app.get('/live', (c) => streamSSE(c, (stream) => streamLive(deps, stream, c.req.query('names') === 'shown')));

  app.put('/uploads', async (c) => {
    const fields = { ...c.req.query(), sizeBytes: c.req.header('content-length') };
    const forwarded = await forwardUpload(upload, fields, c.req.raw.body);
    return forwarded.ok ? c.json({}, 201) : c.json({ error: forwarded.error }, 400);
  });

  app.put('/faults/:id', async (c) => {
    const body = await c.req.json<unknown>().catch(() => undefined);
    const on = typeof body === 'object' && body !== null && 'on' in body ? body.on : undefined;
    if (typeof on !== 'boolean') return c.json({ error: 'The body must be {"on": true} or {"on": false}.' }, 400);
    if (!setFault(kombo, c.req.param('id'), on)) return c.json({ error: 'Unknown fault.' }, 404);
    consoleState.nudge();
    return c.json({});
  });

  app.post('/ask', async (c) => {
    const question = readQuestion(await c.req.json<unknown>().catch(() => undefined));
    const reply = question && (await ask(stack, consoleState, question));
    return reply ? c.json(reply) : c.json({ error: 'The row or pause of this question no longer exists.' }, 400);
  });

  app.get('/attachments/:id', async (c) => {
    const found = kombo.attachments().find(({ id }) => id === c.req.param('id'));
    if (!found) return c.json({ error: 'Kombo no longer holds this file.' }, 404);
    const name = downloadName(found, c.req.query('names') === 'shown').toWellFormed();
    return c.body(new Uint8Array(await found.bytes()), 200, {
      'content-type': found.contentType,
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, percent)}`,
      // A stored HTML file must not run as a page of the console.
      'content-security-policy': "sandbox; default-src 'none'",
    });
  });
  return app;
};

/** Characters that `encodeURIComponent` does not encode but that an extended header value must not contain. */
const percent = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
