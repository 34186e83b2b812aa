import { komboErrorCodes } from '../../../lib/failures/kombo-failures.ts';
import { type HttpAnswer, type HttpRequest, type Transport, TransportError } from '../../../lib/kombo/transport.ts';
import type { Process, World } from './world.ts';

/** What Kombo makes of one POST. */
export interface PostFate {
  readonly kind:
    | 'attaches'
    | 'refuses-early'
    | 'refuses'
    | 'unreachable'
    | 'resets-before'
    | 'answers-oddly'
    | 'is-silent'
    | 'resets-after';
  /** For refusals and odd answers. */
  readonly answer?: HttpAnswer;
  /** Whether a complete body is stored although the answer does not say so. */
  readonly stores: boolean;
  /** From the last byte until the file is stored, and until the listing shows it. */
  readonly workMs: number;
  readonly listingLagMs: number;
}

export interface KomboFaults {
  post(): PostFate;
  /** An answer that a GET gets instead of its own. */
  get(): HttpAnswer | 'unreachable' | undefined;
  /** Whether this tool tells dates. */
  readonly tellsDates: boolean;
}

export interface SimulatedAttachment {
  readonly path: string;
  readonly integrationId: string;
  readonly name: string;
  readonly type: string;
  readonly content: string;
  readonly storedAt: number;
  readonly listedAt: number;
  /** The sender read the answer and ended well: it could write down what it had done. */
  readonly told: () => boolean;
}

/** What Kombo holds, and how many calls it has had in flight. */
export class SimulatedKombo {
  readonly attachments: SimulatedAttachment[] = [];
  posts = 0;
  inFlight = 0;
  mostInFlight = 0;

  enter(): void {
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
  }

  leave(): void {
    this.inFlight -= 1;
  }
}

export const json = (status: number, body: unknown): HttpAnswer => ({
  status,
  headers: {},
  text: JSON.stringify(body),
  complete: true,
});

export const errorAnswer = (status: number, code: string | null): HttpAnswer =>
  json(status, { status: 'error', error: { code, title: null, message: 'Refused for Zebulon Quux.', log_url: null } });

export const allCodes = Object.keys(komboErrorCodes);

const success = json(200, { status: 'success', data: {}, warnings: [] });

/** Kombo over a network that belongs to one process: it breaks when the process dies. */
export const transportOf = (
  kombo: SimulatedKombo,
  process: Pick<Process, 'step' | 'alive' | 'failed' | 'onDeath'>,
  world: Pick<World, 'now' | 'at' | 'calm' | 'tell'>,
  faults: KomboFaults,
): Transport => {
  const post = async (request: HttpRequest): Promise<HttpAnswer> => {
    const fate = world.calm() ? kind : faults.post();
    if (fate.kind === 'unreachable') {
      await process.step('kombo connect', () => undefined);
      throw new TransportError('unreachable', false);
    }
    if (fate.kind === 'refuses-early') return process.step('kombo refuse', () => fate.answer ?? success);
    const { body } = request;
    if (!body) throw new Error('A POST without a body.');
    const received: Buffer[] = [];
    let receivedBytes = 0;
    for await (const chunk of body.chunks) {
      if (request.signal.aborted) throw new TransportError('aborted', false);
      const bytes = Buffer.from(chunk);
      received.push(bytes);
      receivedBytes += bytes.length;
      if (receivedBytes > body.contentLength) throw new Error('More bytes than announced.');
      // The last byte is with Kombo the moment it is handed over; every other one may still be lost with the process.
      if (receivedBytes === body.contentLength) break;
      if (fate.kind === 'resets-before') throw new TransportError('lost', false);
      await process.step('kombo write', () => undefined);
    }
    if (receivedBytes < body.contentLength) throw new Error('The body ended early without an error.');
    kombo.posts += 1;
    return answered(request, Buffer.concat(received).toString(), fate);
  };

  const answered = (request: HttpRequest, text: string, fate: PostFate): Promise<HttpAnswer> =>
    new Promise((resolve, reject) => {
      const tellsSuccess = fate.kind === 'attaches';
      const stores = tellsSuccess || fate.stores;
      let waiting = true;
      let told = false;
      request.signal.addEventListener('abort', () => (waiting = false), { once: true });
      world.at(fate.workMs, () => {
        if (stores) store(kombo, request, text, world, fate.listingLagMs, () => told && !process.failed());
        if (!waiting || !process.alive() || fate.kind === 'is-silent') return;
        if (fate.kind === 'resets-after') return reject(new TransportError('lost', false));
        // The answer travels as any other: the process may die or freeze before it reads it.
        process
          .step('kombo answer', () => undefined)
          .then(() => {
            told = tellsSuccess && waiting;
            resolve(tellsSuccess ? success : (fate.answer ?? success));
          }, reject);
      });
    });

  const get = async (request: HttpRequest): Promise<HttpAnswer> => {
    const fault = world.calm() ? undefined : faults.get();
    return process.step('kombo get', () => {
      if (fault === 'unreachable') throw new TransportError('unreachable', false);
      if (fault) return fault;
      if (request.path.startsWith('/ats/actions/'))
        return json(200, { status: 'success', data: { attachment_restrictions: null } });
      const results = kombo.attachments
        .filter(({ path, listedAt }) => path === request.path && listedAt <= world.now())
        .map(({ name, type, storedAt }) => ({
          file_name: name,
          type,
          remote_created_at: faults.tellsDates ? new Date(storedAt).toISOString() : null,
        }));
      return json(200, { status: 'success', data: { results } });
    });
  };

  return {
    warmUp: () => undefined,
    send: async (request) => {
      if (request.path.startsWith('/ats/actions/')) return get(request);
      let open = true;
      const leave = (): void => {
        if (open) kombo.leave();
        open = false;
      };
      kombo.enter();
      process.onDeath(leave);
      try {
        return await Promise.race([request.method === 'POST' ? post(request) : get(request), aborted(request.signal)]);
      } finally {
        leave();
      }
    },
  };
};

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const abort = (): void => reject(new TransportError('aborted', false));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });

const kind: PostFate = { kind: 'attaches', stores: true, workMs: 50, listingLagMs: 0 };

const store = (
  kombo: SimulatedKombo,
  request: HttpRequest,
  text: string,
  world: Pick<World, 'now' | 'tell'>,
  listingLagMs: number,
  told: () => boolean,
): void => {
  const { attachment } = JSON.parse(text);
  const content = Buffer.from(attachment.data, 'base64').toString();
  const { name, type } = attachment;
  world.tell(`kombo: stores ${content.slice(0, 12)} at ${request.path}`);
  kombo.attachments.push({
    path: request.path,
    integrationId: request.headers['x-integration-id'] ?? '',
    name,
    type,
    content,
    storedAt: world.now(),
    listedAt: world.now() + listingLagMs,
    told,
  });
};
