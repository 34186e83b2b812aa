import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KomboState } from '../emulator-state.ts';
import { applyFaultAtEnd, applyFaultBeforeEnd } from '../faults/apply-fault.ts';
import type { FaultPlan } from '../faults/armed-faults.ts';
import { type BendingFault, type DecisiveFault, storesFile } from '../faults/fault.ts';
import type { Integration } from '../store/integrations.ts';
import { admit, limitHeaders } from './admission.ts';
import { type Answer, failure } from './answer.ts';
import { type Call, callFrom } from './calls.ts';
import { anyError, apiError } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { isLinkUrl } from './links.ts';
import { performCall } from './perform-call.ts';
import { readBody } from './request-body.ts';
import { send } from './send.ts';
import { serveLink } from './serve-link.ts';
import { waitUntilClosed, waitUpTo } from './wait.ts';

/**
 * Answers a request to Kombo's API or for a link in a listing. Resolves when the answer is sent or the connection is
 * closed; never rejects.
 */
export const handleCall = async (
  state: KomboState,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> => {
  const call = callFrom(incoming.method ?? '', incoming.url ?? '');
  const isLink = isLinkUrl(incoming.url ?? '');
  const record = state.requests.open(incoming, isLink ? 'download' : call?.kind);
  const admission = call === undefined ? undefined : admit(state, call, incoming.headers);
  const slot = admission?.ok === true ? admission.value.slot : undefined;
  let faultHeaders: Readonly<Record<string, string>> = {};
  const exchange: Exchange = {
    incoming,
    outgoing,
    record,
    headers: () => ({ ...limitHeaders(state, call, incoming.headers), ...faultHeaders }),
    release: () => slot?.release(),
    logUrl: `${state.origin()}/_emulator/requests/${record.id}`,
    interrupted: state.interruption(),
  };
  const cut = () => outgoing.destroy();
  exchange.interrupted.addEventListener('abort', cut);
  try {
    if (isLink) {
      await serveLink(state, exchange);
    } else if (call === undefined || admission === undefined) {
      await refuse(exchange, failure(anyError(null, 'Kombo has no such endpoint.', 404), exchange.logUrl));
    } else if (!admission.ok) {
      await refuse(exchange, failure(admission.error, exchange.logUrl));
    } else {
      const { integration } = admission.value;
      const plan = state.faults.take(call, integration?.id);
      record.faults = plan.names;
      faultHeaders = plan.headers;
      await performWithFaults(state, exchange, call, integration, plan);
    }
  } catch (error) {
    // A bug in the emulator: it is printed for its developers, and answered like an error of Kombo.
    console.error(error);
    const answer = failure(apiError('PLATFORM.UNKNOWN_ERROR', 'The emulator failed.'), exchange.logUrl);
    if (outgoing.headersSent) outgoing.destroy();
    else await send(exchange, answer);
  } finally {
    exchange.release();
    await waitUntilClosed(outgoing);
    exchange.interrupted.removeEventListener('abort', cut);
    state.requests.close(record, incoming);
  }
};

/** Reads and discards the body, so that a caller that reads only after sending gets the refusal too. */
const refuse = async (exchange: Exchange, answer: Answer): Promise<void> => {
  await readBody(exchange.incoming, exchange.record, { keepBytes: 0 });
  await send(exchange, answer);
};

const performWithFaults = async (
  state: KomboState,
  exchange: Exchange,
  call: Call,
  integration: Integration | undefined,
  { decisive, bending, delayMs }: FaultPlan,
): Promise<void> => {
  const { incoming, record, logUrl, interrupted } = exchange;
  if (await applyFaultBeforeEnd(exchange, decisive)) return;

  const works = decisive === undefined || storesFile(decisive);
  const body = await readBody(incoming, record, {
    keepBytes: works && call.kind === 'post' ? state.maxBodyBytes : 0,
    stopAfterBytes: midBody(decisive, record.contentLengthBytes),
  });
  if (body.kind === 'cut') return;
  if (body.kind === 'stopped') return applyFaultAtEnd(exchange, decisive, noAnswer);
  if (body.kind === 'too-large') {
    const error = { ...apiError('PLATFORM.INPUT_INVALID', 'The request is too large.'), status: 413 };
    return send(exchange, failure(error, logUrl));
  }

  await waitUpTo(totalMs(bending, 'slow'), interrupted);
  if (interrupted.aborted) return;
  const answer = works
    ? await performCall(state, call, {
        integration,
        contentType: incoming.headers['content-type'],
        body: body.bytes,
        bending,
        logUrl,
        interrupted,
        onStored: () => {
          record.stored = true;
        },
      })
    : noAnswer;
  await waitUpTo(delayMs + totalMs(bending, 'delay'), interrupted);
  // A fault that changes a successful answer does not apply when Kombo refuses the call.
  const applicable = works && answer.status >= 400 ? undefined : decisive;
  await applyFaultAtEnd(exchange, applicable, answer);
};

/** A placeholder for calls whose answer a fault replaces. */
const noAnswer: Answer = { status: 500, contentType: 'application/json', body: '', code: null };

const midBody = (fault: DecisiveFault | undefined, contentLengthBytes: number | null): number | undefined =>
  fault?.kind === 'reset-mid-body'
    ? (fault.afterBytes ?? Math.max(1, Math.floor((contentLengthBytes ?? 2) / 2)))
    : undefined;

const totalMs = (bending: readonly BendingFault[], kind: 'slow' | 'delay'): number =>
  bending.reduce((sum, fault) => sum + (fault.kind === kind ? fault.ms : 0), 0);
