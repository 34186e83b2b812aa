import type { IncomingHttpHeaders } from 'node:http';
import type { Result } from '../../../../lib/result.ts';
import type { KomboState } from '../emulator-state.ts';
import { bearerKey } from '../store/api-keys.ts';
import type { Integration } from '../store/integrations.ts';
import type { Call } from './calls.ts';
import { type ApiError, apiError } from './errors.ts';
import type { Slot } from './limits.ts';

export interface Admitted {
  /** Undefined for calls that name none in a header. */
  readonly integration: Integration | undefined;
  /** Only unified actions take a slot: both POSTs and both listings, which Kombo forwards live to the ATS. */
  readonly slot: Slot | undefined;
}

/**
 * Checks the headers: quota, API key, integration and calls in flight. The slot is taken before the body has arrived,
 * which is the strictest way in which Kombo could count.
 */
export const admit = (state: KomboState, call: Call, headers: IncomingHttpHeaders): Result<Admitted, ApiError> => {
  const key = bearerKey(headers.authorization);
  const limits = state.limits.get();
  if (!state.rates.admit(key, limits)) {
    return refuse(
      apiError('PLATFORM.RATE_LIMIT_EXCEEDED', `More than ${limits.ratePerWindow} requests in one window.`),
    );
  }
  if (!state.apiKeys.accepts(key)) {
    return refuse(apiError('PLATFORM.AUTHENTICATION_INVALID', 'The API key is missing, unknown or revoked.'));
  }
  if (call.kind === 'check-api-key' || call.kind === 'integration') {
    return { ok: true, value: { integration: undefined, slot: undefined } };
  }
  const integration = integrationOf(state, headers);
  if (integration === undefined) {
    return refuse(
      apiError(
        'PLATFORM.INTEGRATION_NOT_FOUND',
        'The header X-Integration-Id is missing or names no known integration.',
      ),
    );
  }
  if (call.kind === 'actions') return { ok: true, value: { integration, slot: undefined } };
  const limit = concurrencyLimit(state, integration);
  const slot = state.gate.enter(integration.id, limit);
  return slot === undefined
    ? refuse(
        apiError('PLATFORM.CONCURRENCY_LIMIT_EXCEEDED', `${limit} calls are already in flight for this integration.`),
      )
    : { ok: true, value: { integration, slot } };
};

const refuse = (error: ApiError): { readonly ok: false; readonly error: ApiError } => ({ ok: false, error });

const integrationOf = (state: KomboState, headers: IncomingHttpHeaders): Integration | undefined => {
  const { 'x-integration-id': id } = headers;
  return typeof id === 'string' ? state.integrations.get(id) : undefined;
};

const concurrencyLimit = (state: KomboState, integration: Integration): number =>
  integration.concurrencyLimit ?? state.limits.get().concurrency;

/**
 * Headers with the remaining quota, sent with every answer, and those about concurrency, sent only with unified
 * actions.
 */
export const limitHeaders = (
  state: KomboState,
  call: Call | undefined,
  headers: IncomingHttpHeaders,
): Record<string, string> => {
  const rate = state.rates.headers(bearerKey(headers.authorization), state.limits.get());
  const integration = integrationOf(state, headers);
  if (integration === undefined || (call?.kind !== 'post' && call?.kind !== 'list')) return rate;
  const limit = concurrencyLimit(state, integration);
  return {
    ...rate,
    'concurrency-limit': String(limit),
    'concurrency-remaining': String(Math.max(0, limit - state.gate.inFlight(integration.id))),
  };
};
