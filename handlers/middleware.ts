import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { withoutData } from '../lib/failures/own-error.ts';
import { logger } from '../lib/telemetry/logger.ts';

/**
 * Middleware of all functions: adds the request id to every log line, and removes personal data from thrown errors,
 * whose message and fields Lambda logs itself. Events are not logged, because they contain keys, and keys contain
 * names.
 */
export const withMiddleware = <Event, Result>(work: (event: Event, context: Context) => Promise<Result>) =>
  middy<Event, Result>({ timeoutEarlyInMillis: 0 })
    .use(injectLambdaContext(logger, { logEvent: false, resetKeys: true }))
    .handler((event, context) =>
      work(event, context).catch((error: unknown) => {
        throw withoutData(error);
      }),
    );
