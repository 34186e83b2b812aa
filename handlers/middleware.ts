import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { logger } from '../lib/telemetry/logger.ts';

/**
 * The Middy middleware of all functions: the request id on every log line.
 * Events are not logged: they hold keys, and keys hold names.
 */
export const withMiddleware = <Event, Result>(work: (event: Event, context: Context) => Promise<Result>) =>
  middy<Event, Result>({ timeoutEarlyInMillis: 0 })
    .use(injectLambdaContext(logger, { logEvent: false, resetKeys: true }))
    .handler(work);
