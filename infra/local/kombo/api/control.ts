import { type Context, Hono } from 'hono';
import * as v from 'valibot';
import { isLocalCaller } from '../../process/local-caller.ts';
import type { KomboState } from '../emulator-state.ts';
import { catalogue } from '../faults/catalogue.ts';
import type { AttachmentFilter, StoredAttachment } from '../store/attachment-store.ts';
import {
  applicationLink,
  armFault,
  attachmentQuery,
  integrationChange,
  keyChoice,
  limitsChange,
} from './control-bodies.ts';
import { downloadHeaders } from './file-headers.ts';

/**
 * The control calls under `/_emulator`, which Kombo does not have. They need no API key. They accept only programs on
 * this machine, and reject foreign web pages in its browser, which could otherwise read CVs.
 */
export const createControl = (state: KomboState, reset: () => Promise<void>): Hono => {
  const app = new Hono().basePath('/_emulator');

  app.use(async (c, next) => {
    const { host, origin } = c.req.header();
    if (!isLocalCaller({ host, origin }))
      return c.json({ error: 'Only programs on this machine may call the emulator.' }, 403);
    return next();
  });
  app.onError((error, c) =>
    error instanceof BadRequest
      ? c.json({ error: error.message }, 400)
      : c.json({ error: 'The emulator failed.' }, 500),
  );
  app.notFound((c) => c.json({ error: 'Unknown control call. The README of the emulator lists all of them.' }, 404));

  app.get('/faults', (c) =>
    c.json({ armed: state.faults.list(), known: catalogue.map(({ form, meaning }) => ({ form, meaning })) }),
  );
  app.post('/faults', async (c) => {
    const { fault, scope } = await bodyOf(c, armFault);
    return c.json(
      orBadRequest(() => state.faults.arm(fault, scope)),
      201,
    );
  });
  app.delete('/faults/:id?', (c) => {
    state.faults.clear(c.req.param('id'));
    return c.body(null, 204);
  });

  app.get('/integrations', (c) => c.json({ integrations: state.integrations.list() }));
  app.patch('/integrations/:id', async (c) => {
    const change = await bodyOf(c, integrationChange);
    return c.json(orBadRequest(() => state.integrations.change(c.req.param('id'), change)));
  });
  app.post('/api-keys/revoke', async (c) => {
    state.apiKeys.revoke((await bodyOf(c, keyChoice)).api_key);
    return c.body(null, 204);
  });
  app.post('/api-keys/restore', async (c) => {
    state.apiKeys.restore((await bodyOf(c, keyChoice)).api_key);
    return c.body(null, 204);
  });
  app.get('/limits', (c) => c.json(state.limits.get()));
  app.patch('/limits', async (c) => c.json(state.limits.change(await bodyOf(c, limitsChange))));

  app.get('/attachments', (c) => {
    const filter: AttachmentFilter = parseWith(attachmentQuery, c.req.query());
    return c.json({ attachments: state.store.list(filter).map((each) => attachmentJson(state, each)) });
  });
  app.get('/attachments/:id/content', async (c) => {
    const attachment = state.store.find(c.req.param('id'));
    if (attachment === undefined) return c.notFound();
    const bytes = await state.store.bytes(attachment.id);
    return c.body(new Uint8Array(bytes), 200, {
      'content-type': attachment.contentType,
      ...downloadHeaders(attachment.name),
    });
  });
  app.post('/links', async (c) => {
    state.store.link(await bodyOf(c, applicationLink));
    return c.body(null, 204);
  });

  app.get('/requests', (c) =>
    c.json({
      counters: state.requests.counters(),
      in_flight: state.gate.inFlight(),
      max_in_flight: state.gate.maxInFlight(),
      recent: state.requests.recent(),
    }),
  );
  app.get('/requests/:id', (c) => {
    const record = state.requests.find(Number(c.req.param('id')));
    return record === undefined ? c.notFound() : c.json(record);
  });
  app.post('/reset', async (c) => {
    await reset();
    return c.body(null, 204);
  });
  return app;
};

class BadRequest extends Error {}

const parseWith = <Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> => {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  throw new BadRequest(v.summarize(parsed.issues));
};

/** An empty body counts as `{}`. */
const bodyOf = async <Schema extends v.GenericSchema>(c: Context, schema: Schema): Promise<v.InferOutput<Schema>> => {
  const text = await c.req.text();
  let value: unknown;
  try {
    value = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new BadRequest('The body must be JSON.');
  }
  return parseWith(schema, value);
};

/** A RangeError means that the caller named something that does not exist, so it becomes a bad request. */
const orBadRequest = <T>(act: () => T): T => {
  try {
    return act();
  } catch (error) {
    if (error instanceof RangeError) throw new BadRequest(error.message);
    throw error;
  }
};

const attachmentJson = (state: KomboState, { target, ...attachment }: StoredAttachment) => ({
  ...attachment,
  target: `${target.kind}/${target.id}`,
  contentUrl: `${state.origin()}/_emulator/attachments/${attachment.id}/content`,
});
