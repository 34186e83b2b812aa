import { komboErrorCodes } from '../../../lib/failures/kombo-failures.ts';
import type { HttpAnswer, HttpRequest } from '../../../lib/kombo/transport.ts';
import { secrets } from './courier.ts';
import { errorAnswer, html, json, type PostFate } from './kombo-answers.ts';

/**
 * A fault of one integration, or of all, for a period. Unlike the weather, which changes from call to call, every call in that
 * period meets it.
 */
export type Trouble = {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
  /** Absent: every integration. */
  readonly integrationId?: string;
} & (
  | {
      readonly kind: 'outage';
      readonly how: 'ats-down' | 'ats-busy' | 'balancer' | 'refused' | 'silent';
      /** Listings fail, too. */
      readonly listing: boolean;
      /** Kombo still stores the files. */
      readonly stores: boolean;
    }
  | {
      readonly kind: 'state';
      readonly code: keyof typeof komboErrorCodes;
      readonly listing: boolean;
      /** The answer of `GET /integrations/{id}` during the fault. */
      readonly shown: 'cause' | 'healthy' | 'not-found' | 'fault' | 'html' | 'odd';
    }
  /** Kombo refuses every key. */
  | { readonly kind: 'key-refused' }
  /** The API key in use is revoked; at the end, the secret gets another one. */
  | { readonly kind: 'key-revoked' }
  | { readonly kind: 'throttled' }
  /** One file meets a code that pauses; the others do not. */
  | { readonly kind: 'poison'; readonly mark: string }
);

/** The account of the API key: integrations, their state, and the key itself. */
export class SimulatedAccount {
  readonly integrations: readonly string[];
  readonly troubles: readonly Trouble[];
  readonly #now: () => number;
  readonly #calls = new Map<Trouble, Map<string, number>>();

  constructor(integrations: readonly string[], troubles: readonly Trouble[], now: () => number) {
    this.integrations = integrations;
    this.troubles = troubles;
    this.#now = now;
  }

  active(integrationId: string): readonly Trouble[] {
    const now = this.#now();
    return this.troubles.filter(
      (trouble) =>
        trouble.from <= now && now < trouble.until && (trouble.integrationId ?? integrationId) === integrationId,
    );
  }

  /** The key that the secret contains now. */
  key(): { readonly text: string; readonly version: string } {
    const version = this.#revoked(({ until }) => until);
    return { text: `${secrets.apiKey}_${version}`, version: `version-${version}` };
  }

  #revoked(since: (trouble: Trouble) => number): number {
    return this.troubles.filter((trouble) => trouble.kind === 'key-revoked' && since(trouble) <= this.#now()).length;
  }

  /** Counts a call during an outage, because there should be few then. */
  count(integrationId: string): void {
    for (const trouble of this.active(integrationId)) {
      if (trouble.kind !== 'outage') continue;
      const calls = this.#calls.get(trouble) ?? new Map<string, number>();
      calls.set(integrationId, (calls.get(integrationId) ?? 0) + 1);
      this.#calls.set(trouble, calls);
    }
  }

  callsDuring(trouble: Trouble): ReadonlyMap<string, number> {
    return this.#calls.get(trouble) ?? new Map();
  }

  /** The fate of a POST that meets a trouble, whatever the weather. */
  post(request: HttpRequest, weather: PostFate): PostFate {
    const integrationId = integrationOf(request);
    const none = { stores: false, workMs: 20, listingLagMs: 0 };
    const refuses = (status: number, code: string): PostFate => ({
      ...none,
      kind: 'refuses',
      answer: errorAnswer(status, code),
    });
    const troubles = this.active(integrationId);
    for (const trouble of troubles) {
      if (trouble.kind !== 'outage') continue;
      const { how, stores } = trouble;
      if (how === 'refused') return { ...none, kind: 'unreachable' };
      if (how === 'silent') return { ...none, stores, kind: 'is-silent' };
      if (how === 'balancer') return { ...none, stores, kind: 'answers-oddly', answer: unavailable };
    }
    if (!this.integrations.includes(integrationId)) {
      if (weather.kind === 'unreachable' || weather.kind === 'resets-before') return weather;
      if (weather.kind === 'is-silent' || weather.kind === 'resets-after') return { ...weather, stores: false };
      return refuses(404, 'PLATFORM.INTEGRATION_NOT_FOUND');
    }
    if (!this.#accepts(request)) return refuses(401, 'PLATFORM.AUTHENTICATION_INVALID');
    for (const trouble of troubles) {
      switch (trouble.kind) {
        case 'state':
          return refuses(400, trouble.code);
        case 'throttled':
          return { ...none, kind: 'refuses-early', answer: errorAnswer(429, 'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED') };
        case 'outage':
          return trouble.how === 'ats-busy'
            ? refuses(429, 'REMOTE.RATE_LIMIT_EXCEEDED')
            : { ...refuses(503, 'REMOTE.SERVICE_UNAVAILABLE'), kind: 'answers-oddly', stores: trouble.stores };
        default:
      }
    }
    return weather;
  }

  /** Kombo answers with a code that pauses because of the file itself. */
  isPoison(integrationId: string, content: string): boolean {
    return this.active(integrationId).some((trouble) => trouble.kind === 'poison' && content.includes(trouble.mark));
  }

  /** The answer to a GET that meets a trouble; undefined when it meets none. */
  get(request: HttpRequest): HttpAnswer | 'unreachable' | 'silent' | undefined {
    const integrationId = integrationOf(request);
    const isListing = request.path.startsWith('/ats/') && !request.path.startsWith('/ats/actions/');
    const troubles = this.active(integrationId);
    for (const trouble of troubles) {
      if (trouble.kind !== 'outage' || (isListing && !trouble.listing)) continue;
      if (trouble.how === 'refused') return 'unreachable';
      if (trouble.how === 'silent' && isListing) return 'silent';
      if (trouble.how === 'balancer') return unavailable;
    }
    if (!this.integrations.includes(integrationId)) return errorAnswer(404, 'PLATFORM.INTEGRATION_NOT_FOUND');
    if (!this.#accepts(request)) return errorAnswer(401, 'PLATFORM.AUTHENTICATION_INVALID');
    const state = troubles.find((trouble) => trouble.kind === 'state');
    if (request.path.startsWith('/integrations/')) return describe(state);
    if (!isListing) return undefined;
    if (state?.listing) return errorAnswer(400, state.code);
    const isDown = troubles.some((trouble) => trouble.kind === 'outage' && trouble.listing);
    return isDown ? errorAnswer(503, 'REMOTE.SERVICE_UNAVAILABLE') : undefined;
  }

  #accepts({ headers }: HttpRequest): boolean {
    if (this.troubles.some((trouble) => trouble.kind === 'key-refused' && this.active('').includes(trouble)))
      return false;
    return headers.authorization?.endsWith(`_${this.#revoked(({ from }) => from)}`) === true;
  }
}

export const integrationOf = ({ headers }: HttpRequest): string => headers['x-integration-id'] ?? '';

const unavailable: HttpAnswer = { status: 503, headers: {}, text: 'Unavailable', complete: true };

const actions = ['ats_add_candidate_attachment', 'ats_add_application_attachment'];

const describe = (state: Extract<Trouble, { kind: 'state' }> | undefined): HttpAnswer => {
  const healthy = {
    status: 'ACTIVE',
    setup_status: 'COMPLETED',
    write_actions: actions.map((id) => ({ id, is_available: true })),
  };
  const answer = (data: object): HttpAnswer => json(200, { status: 'success', data });
  switch (state?.shown ?? 'healthy') {
    case 'healthy':
      return answer(healthy);
    case 'not-found':
      return errorAnswer(404, 'PLATFORM.INTEGRATION_NOT_FOUND');
    case 'fault':
      return errorAnswer(500, null);
    case 'html':
      return html;
    case 'odd':
      return answer({ status: 'SOMETHING_NEW', setup_status: 7, write_actions: 'none' });
    case 'cause':
      return answer({ ...healthy, ...causeOf(state) });
  }
};

/** The state that Kombo shows; some causes are not visible there. */
const causeOf = (state: Extract<Trouble, { kind: 'state' }> | undefined): object => {
  switch (state && komboErrorCodes[state.code].seenIn) {
    case 'status':
      return { status: state?.code === 'INTEGRATION.INACTIVE' ? 'INACTIVE' : 'INVALID' };
    case 'setup-status':
      return { setup_status: 'INCOMPLETE' };
    case 'write-actions':
      return { write_actions: actions.map((id) => ({ id, is_available: false })) };
    default:
      return {};
  }
};
