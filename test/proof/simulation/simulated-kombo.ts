import type { Habits } from '../../../infra/local/kombo/faults/ats-habits.ts';
import { hasLink } from '../../../infra/local/kombo/faults/linked-file.ts';
import { listedFile } from '../../../infra/local/kombo/faults/listed-file.ts';
import { komboErrorCodes } from '../../../lib/failures/kombo-failures.ts';
import { type HttpAnswer, type HttpRequest, type Transport, TransportError } from '../../../lib/kombo/transport.ts';
import type { Target } from '../../../lib/upload/target.ts';
import type { SimulatedTool } from './simulated-tool.ts';
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
  /** The fate of every POST, whatever comes. */
  readonly always?: PostFate;
  /** An answer that a GET gets instead of its own. */
  get(): HttpAnswer | 'unreachable' | undefined;
  /** How this tool lists what it took, and what it does to it. */
  readonly tool: SimulatedTool;
  /** The host of the links does not answer at this time. */
  readonly hostDown: () => boolean;
}

export interface SimulatedAttachment {
  readonly target: Pick<Target, 'kind' | 'id'>;
  readonly integrationId: string;
  readonly name: string;
  readonly type: string;
  readonly content: string;
  readonly storedAt: number;
  readonly listedAt: number;
  /** It did not come from us: a recruiter put it there. */
  readonly stranger?: true;
  /** The sender read the answer and ended well: it could write down what it had done. */
  readonly told: () => boolean;
}

/** What Kombo holds, and how many calls it has had in flight. */
export class SimulatedKombo {
  readonly attachments: SimulatedAttachment[] = [];
  /** Applications by their candidate: the candidate's listing shows their files as well. */
  readonly applications: Readonly<Record<string, readonly string[]>>;
  posts = 0;
  inFlight = 0;
  mostInFlight = 0;

  constructor(applications: Readonly<Record<string, readonly string[]>> = {}) {
    this.applications = applications;
  }

  /** Everything that the listing of this target shows, sooner or later. */
  coveredBy(target: Pick<Target, 'kind' | 'id'>, habits: Habits): readonly SimulatedAttachment[] {
    const person = Object.entries(this.applications).find(
      ([candidate, applications]) =>
        target.id === (target.kind === 'candidate' ? candidate : applications.find((id) => id === target.id)),
    );
    const showsPerson = target.kind === 'candidate' || habits.includes('whole-person');
    return this.attachments.filter(({ target: { kind, id } }) => {
      if (kind === target.kind && id === target.id) return true;
      if (!person || !showsPerson) return false;
      return kind === 'candidate' ? id === person[0] : person[1].includes(id);
    });
  }

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
  lastArrival: (content: string) => number = () => Number.POSITIVE_INFINITY,
): Transport => {
  const post = async (request: HttpRequest): Promise<HttpAnswer> => {
    const fate = faults.always ?? (world.calm() ? kind : faults.post());
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
      const leftMs = Math.max(0, lastArrival(contentOf(text)) - world.now());
      const workMs = Math.min(fate.workMs, leftMs);
      const listingLagMs = Math.min(fate.listingLagMs, leftMs - workMs);
      let waiting = true;
      let told = false;
      request.signal.addEventListener('abort', () => (waiting = false), { once: true });
      world.at(workMs, () => {
        if (stores) store(kombo, request, text, world, listingLagMs, () => told && !process.failed());
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
      const target = targetOf(request.path);
      const integration = request.headers['x-integration-id'];
      const results = kombo
        .coveredBy(target, faults.tool.habits)
        .filter((file) => file.integrationId === integration && file.listedAt <= world.now())
        .flatMap((file) => listedEntry(file, target, kombo, faults.tool.habits, world.now()));
      const next = faults.tool.habits.includes('next-cursor') ? { next: 'cursor-2' } : {};
      return json(200, { status: 'success', data: { results, ...next } });
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

const contentOf = (body: string): string => Buffer.from(JSON.parse(body).attachment.data, 'base64').toString();

const targetOf = (path: string): Pick<Target, 'kind' | 'id'> => {
  const [, , collection = '', id = ''] = path.split('/');
  return { kind: collection === 'candidates' ? 'candidate' : 'application', id };
};

const listedEntry = (
  file: SimulatedAttachment,
  target: Pick<Target, 'kind' | 'id'>,
  kombo: SimulatedKombo,
  habits: Habits,
  now: number,
): readonly object[] => {
  const copies = kombo.attachments.filter(({ name, target: { id } }) => name === file.name && id === file.target.id);
  const listed = listedFile(
    {
      name: file.name,
      type: file.type as 'CV',
      contentType: 'text/plain',
      storedAtMs: file.storedAt,
      copy: copies.indexOf(file) + 1,
    },
    habits,
    now,
  );
  if (!listed) return [];
  const place = kombo.attachments.indexOf(file);
  const showsPerson = target.kind === 'candidate' || habits.includes('whole-person');
  return [
    {
      ...listed,
      data_url: hasLink(file.storedAt, habits, now) ? `https://files.simulated/${place}` : null,
      ...(showsPerson && { application_id: file.target.kind === 'application' ? file.target.id : null }),
    },
  ];
};

const store = (
  kombo: SimulatedKombo,
  request: HttpRequest,
  text: string,
  world: Pick<World, 'now' | 'tell'>,
  listingLagMs: number,
  told: () => boolean,
): void => {
  const { name, type } = JSON.parse(text).attachment;
  const content = contentOf(text);
  world.tell(`kombo: stores ${content.slice(0, 16)} at ${request.path}`);
  kombo.attachments.push({
    target: targetOf(request.path),
    integrationId: request.headers['x-integration-id'] ?? '',
    name,
    type,
    content,
    storedAt: world.now(),
    listedAt: world.now() + listingLagMs,
    told,
  });
};
