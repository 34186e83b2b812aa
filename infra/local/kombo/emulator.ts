import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { closeServer, listen } from '../process/listen.ts';
import { createControl } from './api/control.ts';
import { handleCall } from './api/handle-call.ts';
import {
  createConcurrencyGate,
  createLimitSettings,
  createRateWindows,
  type LimitSettings,
  type Limits,
} from './api/limits.ts';
import { createLinks } from './api/links.ts';
import type { KomboState } from './emulator-state.ts';
import { type ArmedFaults, createArmedFaults } from './faults/armed-faults.ts';
import { type ApiKeys, createApiKeys } from './store/api-keys.ts';
import {
  type ApplicationLink,
  type AttachmentFilter,
  createAttachmentStore,
  type StoredAttachment,
} from './store/attachment-store.ts';
import {
  createIntegrations,
  greenhouseIntegrationId,
  type Integrations,
  sandboxIntegrationId,
} from './store/integrations.ts';
import { createRequestLog, type RequestLog } from './store/request-log.ts';

export { greenhouseIntegrationId, sandboxIntegrationId } from './store/integrations.ts';

export const defaultApiKey = 'ks_dev_local';

export interface KomboEmulatorOptions {
  /** Default: 0, any free port. */
  readonly port?: number;
  readonly apiKeys?: readonly string[];
  /** Each in the form `<tool>:<id>`. */
  readonly integrations?: readonly string[];
  /**
   * Keeps attachments across restarts, with their bytes in `<stateFile>.files`, and the uses of faults of ids in
   * `<stateFile>.uses`. Default: in memory only.
   */
  readonly stateFile?: string;
  readonly limits?: Partial<Limits>;
  /**
   * The time in milliseconds since the epoch, used for rate windows, dates, late listings and links. Delays use real
   * time.
   */
  readonly clock?: () => number;
  /** Larger request bodies and downloads are refused. Default: 256 MiB. */
  readonly maxBodyBytes?: number;
}

export interface AttachmentWithBytes extends StoredAttachment {
  /** The decoded bytes as received. */
  readonly bytes: () => Promise<Buffer>;
}

export interface KomboEmulator {
  /** Base URL of the API, including `/v1`. */
  readonly url: string;
  /** Base URL of the control calls, including `/_emulator`. */
  readonly controlUrl: string;
  readonly port: number;
  readonly faults: ArmedFaults;
  readonly integrations: Integrations;
  readonly apiKeys: ApiKeys;
  readonly limits: LimitSettings;
  readonly requests: Pick<RequestLog, 'recent' | 'counters' | 'find'>;
  /** Oldest first. */
  attachments(filter?: AttachmentFilter): readonly AttachmentWithBytes[];
  linkApplication(link: ApplicationLink): void;
  /** Unified actions in flight, of one integration or of all. */
  inFlight(integrationId?: string): number;
  /** The highest number of calls that one integration had in flight. */
  maxInFlight(integrationId?: string): number;
  /** Resolves when every request has ended; an unanswered one ends when its caller disconnects. */
  idle(): Promise<void>;
  /**
   * Resets the emulator: no attachments, faults or records, all keys valid, all integrations healthy. Interrupts calls
   * in progress.
   */
  reset(): Promise<void>;
  /** Closes every connection. */
  close(): Promise<void>;
}

/**
 * A Kombo emulator on this machine: its attachment API, and control calls that cause faults. The API is plain
 * node:http, because most faults act on the socket below any framework; the control calls are a Hono app.
 * @throws {Error} with code EADDRINUSE when the port is taken.
 */
export const startKomboEmulator = async (options: KomboEmulatorOptions = {}): Promise<KomboEmulator> => {
  const clock = options.clock ?? Date.now;
  let epoch = new AbortController();
  let port = 0;
  const origin = () => `http://127.0.0.1:${port}`;
  const state: KomboState = {
    clock,
    origin,
    maxBodyBytes: options.maxBodyBytes ?? 256 * 1024 * 1024,
    apiKeys: createApiKeys(options.apiKeys ?? [defaultApiKey]),
    integrations: createIntegrations(options.integrations ?? [sandboxIntegrationId, greenhouseIntegrationId]),
    faults: createArmedFaults(options.stateFile && `${options.stateFile}.uses`),
    limits: createLimitSettings(options.limits ?? {}),
    rates: createRateWindows(clock),
    gate: createConcurrencyGate(),
    store: createAttachmentStore(options.stateFile),
    links: createLinks(origin, clock),
    requests: createRequestLog(clock),
    interruption: () => epoch.signal,
  };
  const reset = async () => {
    epoch.abort();
    epoch = new AbortController();
    for (const part of [state.integrations, state.limits, state.rates, state.gate, state.requests]) part.reset();
    state.faults.clear();
    state.apiKeys.revoke();
    state.apiKeys.restore();
    await state.store.reset();
  };

  const control = getRequestListener(createControl(state, reset).fetch, { overrideGlobalObjects: false });
  const inProgress = new Set<Promise<void>>();
  const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    if (incoming.url?.startsWith('/_emulator')) {
      void control(incoming, outgoing);
      return;
    }
    const handled = handleCall(state, incoming, outgoing).finally(() => inProgress.delete(handled));
    inProgress.add(handled);
  });
  // No timeout: a test may stall a request as long as it likes.
  server.requestTimeout = 0;
  port = await listen(server, options.port ?? 0);

  return {
    url: `${state.origin()}/v1`,
    controlUrl: `${state.origin()}/_emulator`,
    port,
    faults: state.faults,
    integrations: state.integrations,
    apiKeys: state.apiKeys,
    limits: state.limits,
    requests: state.requests,
    attachments: (filter) =>
      state.store.list(filter).map((attachment) => ({ ...attachment, bytes: () => state.store.bytes(attachment.id) })),
    linkApplication: (link) => state.store.link(link),
    inFlight: (integrationId) => state.gate.inFlight(integrationId),
    maxInFlight: (integrationId) => state.gate.maxInFlight(integrationId),
    async idle() {
      while (inProgress.size > 0) await Promise.all(inProgress);
    },
    reset,
    async close() {
      epoch.abort();
      await closeServer(server);
      await Promise.all(inProgress);
    },
  };
};
