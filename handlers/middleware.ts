import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { withoutData } from '../lib/failures/own-error.ts';
import { logger } from '../lib/telemetry/logger.ts';

/**
 * The Middy middleware of all functions: the request id on every log line.
 * Events are not logged: they hold keys, and keys hold names. What a function throws is logged by Lambda itself, message and fields.
 */
export const withMiddleware = <Event, Result>(work: (event: Event, context: Context) => Promise<Result>) =>
  middy<Event, Result>({ timeoutEarlyInMillis: 0 })
    .use(injectLambdaContext(logger, { logEvent: false, resetKeys: true }))
    .handler((event, context) =>
      work(event, context).catch((error: unknown) => {
        throw withoutData(error);
      }),
    );
