import type { Habits } from '../../../infra/local/kombo/faults/ats-habits.ts';
import { hasLink } from '../../../infra/local/kombo/faults/linked-file.ts';
import { listedFile } from '../../../infra/local/kombo/faults/listed-file.ts';
import { type HttpAnswer, type HttpRequest, type Transport, TransportError } from '../../../lib/kombo/transport.ts';
import type { Target } from '../../../lib/upload/target.ts';
import { errorAnswer, json, type PostFate } from './kombo-answers.ts';
import { integrationOf, type SimulatedAccount } from './simulated-account.ts';
import type { SimulatedTool } from './simulated-tool.ts';
import type { Process, World } from './world.ts';

export interface KomboFaults {
  post(): PostFate;
  /** Replaces the fate of every POST. */
  readonly always?: PostFate;
  /** An answer that replaces the one to a GET. */
  get(): HttpAnswer | 'unreachable' | undefined;
  /** How this tool lists the files that it accepted, and how it changes them. */
  readonly tool: SimulatedTool;
  /** Whether the host of the links does not answer at this time. */
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
  /** A recruiter put it there, not we. */
  readonly stranger?: true;
  /** The sender read the answer and ended without an error, so it could record the outcome. */
  readonly told: () => boolean;
}

/** The files that Kombo stores, and the number of calls that were in flight. */
export class SimulatedKombo {
  readonly attachments: SimulatedAttachment[] = [];
  /** Applications by their candidate, because the candidate's listing also shows their files. */
  readonly applications: Readonly<Record<string, readonly string[]>>;
  /** The account of the API key; without it, any integration exists and never has a fault. */
  readonly account: SimulatedAccount | undefined;
  /** When a call of an integration was last throttled. */
  readonly throttledAt = new Map<string, number>();
  /** Calls of one integration that may be in flight; any number when absent. */
  callLimit: number | undefined;
  /** Calls that were throttled because of it. */
  refused = 0;
  posts = 0;
  inFlight = 0;
  mostInFlight = 0;

  constructor(applications: Readonly<Record<string, readonly string[]>> = {}, account?: SimulatedAccount) {
    this.applications = applications;
    this.account = account;
  }

  /** All files that the listing of this target shows now or later. */
  personOf(target: Pick<Target, 'kind' | 'id'>): readonly [string, readonly string[]] | undefined {
    return Object.entries(this.applications).find(([candidate, applications]) =>
      target.kind === 'candidate' ? candidate === target.id : applications.includes(target.id),
    );
  }

  coveredBy(target: Target, habits: Habits): readonly SimulatedAttachment[] {
    const person = this.personOf(target);
    const showsPerson = target.kind === 'candidate' || habits.includes('whole-person');
    return this.attachments.filter(({ integrationId, target: { kind, id } }) => {
      if (integrationId !== target.integrationId) return false;
      if (kind === target.kind && id === target.id) return true;
      if (!person || !showsPerson) return false;
      return kind === 'candidate' ? id === person[0] : person[1].includes(id);
    });
  }

  readonly #inFlightOf = new Map<string, number>();

  enter(integrationId: string): void {
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    this.#inFlightOf.set(integrationId, (this.#inFlightOf.get(integrationId) ?? 0) + 1);
  }

  leave(integrationId: string): void {
    this.inFlight -= 1;
    this.#inFlightOf.set(integrationId, (this.#inFlightOf.get(integrationId) ?? 0) - 1);
  }

  /** The headers that Kombo sends with each answer. */
  concurrencyOf(integrationId: string): { readonly isFull: boolean; readonly headers: HttpAnswer['headers'] } {
    if (this.callLimit === undefined) return { isFull: false, headers: {} };
    const left = this.callLimit - (this.#inFlightOf.get(integrationId) ?? 0);
    const headers = { 'concurrency-limit': `${this.callLimit}`, 'concurrency-remaining': `${Math.max(0, left)}` };
    return { isFull: left < 0, headers };
  }
}

const success = json(200, { status: 'success', data: {}, warnings: [] });

/** Kombo over the network of one process, whose connections break when the process is killed. */
export const transportOf = (
  kombo: SimulatedKombo,
  process: Pick<Process, 'step' | 'alive' | 'failed' | 'onDeath'>,
  world: Pick<World, 'now' | 'at' | 'calm' | 'tell'>,
  faults: KomboFaults,
  lastArrival: (content: string) => number = () => Number.POSITIVE_INFINITY,
): Transport => {
  const post = async (request: HttpRequest): Promise<HttpAnswer> => {
    const weather = faults.always ?? (world.calm() ? kind : faults.post());
    const fate = kombo.account?.post(request, weather) ?? weather;
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
      // Kombo has the last byte as soon as it is written; every other byte may still be lost with the process.
      if (receivedBytes === body.contentLength) break;
      if (fate.kind === 'resets-before') throw new TransportError('lost', false);
      await process.step('kombo write', () => undefined);
    }
    if (receivedBytes < body.contentLength) throw new Error('The body ended early without an error.');
    kombo.posts += 1;
    const file = fileIn(Buffer.concat(received).toString());
    const isPoison = kombo.account?.isPoison(integrationOf(request), file.content);
    return answered(request, file, isPoison ? poisoned : fate);
  };

  const answered = (request: HttpRequest, file: SentFile, fate: PostFate): Promise<HttpAnswer> =>
    new Promise((resolve, reject) => {
      const tellsSuccess = fate.kind === 'attaches';
      const stores = tellsSuccess || fate.stores;
      const leftMs = Math.max(0, lastArrival(file.content) - world.now());
      const workMs = Math.min(fate.workMs, leftMs);
      const listingLagMs = Math.min(fate.listingLagMs, leftMs - workMs);
      let waiting = true;
      let told = false;
      request.signal.addEventListener('abort', () => (waiting = false), { once: true });
      world.at(workMs, () => {
        if (stores) store(kombo, request, file, world, listingLagMs, () => told && !process.failed());
        if (!waiting || !process.alive() || fate.kind === 'is-silent') return;
        if (fate.kind === 'resets-after') return reject(new TransportError('lost', false));
        // The answer takes time like any other: the process may crash or freeze before it reads it.
        process
          .step('kombo answer', () => undefined)
          .then(() => {
            told = tellsSuccess && waiting;
            resolve(tellsSuccess ? success : (fate.answer ?? success));
          }, reject);
      });
    });

  const get = async (request: HttpRequest): Promise<HttpAnswer> => {
    const trouble = kombo.account?.get(request);
    const fault = trouble ?? (world.calm() ? undefined : faults.get());
    if (fault === 'silent') return new Promise(() => undefined);
    return process.step('kombo get', () => {
      if (fault === 'unreachable') throw new TransportError('unreachable', false);
      if (fault) return fault;
      if (request.path.startsWith('/ats/actions/'))
        return json(200, { status: 'success', data: { attachment_restrictions: null } });
      const target = { ...targetOf(request.path), integrationId: integrationOf(request) };
      const results = kombo
        .coveredBy(target, faults.tool.habits)
        .filter((file) => file.listedAt <= world.now())
        .flatMap((file) => listedEntry(file, target, kombo, faults.tool.habits, world.now()));
      const next = faults.tool.habits.includes('next-cursor') ? { next: 'cursor-2' } : {};
      return json(200, { status: 'success', data: { results, ...next } });
    });
  };

  return {
    warmUp: () => undefined,
    send: async (request) => {
      const integration = integrationOf(request);
      kombo.account?.count(integration);
      if (request.path.startsWith('/ats/actions/')) return get(request);
      let open = true;
      const leave = (): void => {
        if (open) kombo.leave(integration);
        open = false;
      };
      kombo.enter(integration);
      process.onDeath(leave);
      try {
        const { isFull, headers } = kombo.concurrencyOf(integration);
        if (isFull) kombo.refused += 1;
        const answer = isFull
          ? await process.step('kombo refuse', () => errorAnswer(429, 'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED'))
          : await Promise.race([request.method === 'POST' ? post(request) : get(request), aborted(request.signal)]);
        if (answer.status === 429) kombo.throttledAt.set(integration, world.now());
        return { ...answer, headers: { ...answer.headers, ...headers } };
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

const poisoned: PostFate = {
  kind: 'refuses',
  answer: errorAnswer(400, 'INTEGRATION.PERMISSION_MISSING'),
  stores: false,
  workMs: 50,
  listingLagMs: 0,
};

type SentFile = Pick<SimulatedAttachment, 'name' | 'type' | 'content'>;

const fileIn = (body: string): SentFile => {
  const { name, type, data } = JSON.parse(body).attachment;
  return { name, type, content: Buffer.from(data, 'base64').toString() };
};

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
  const copies = kombo.attachments.filter(
    ({ name, integrationId, target: { id } }) =>
      name === file.name && id === file.target.id && integrationId === file.integrationId,
  );
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
      ...(showsPerson && {
        candidate_id: kombo.personOf(target)?.[0] ?? null,
        application_id: file.target.kind === 'application' ? file.target.id : null,
      }),
    },
  ];
};

const store = (
  kombo: SimulatedKombo,
  request: HttpRequest,
  file: SentFile,
  world: Pick<World, 'now' | 'tell'>,
  listingLagMs: number,
  told: () => boolean,
): void => {
  world.tell(`kombo: stores ${file.content.slice(0, 16)} at ${request.path}`);
  kombo.attachments.push({
    target: targetOf(request.path),
    integrationId: integrationOf(request),
    ...file,
    storedAt: world.now(),
    listedAt: world.now() + listingLagMs,
    told,
  });
};
