import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { logger } from '../lib/telemetry/logger.ts';
import { metrics } from '../lib/telemetry/metrics.ts';

/**
 * The one Middy stack of all functions: the request id on every log line, metrics sent when the work is done.
 * Events are not logged: they hold keys, and keys hold names.
 */
export const withStack = <Event, Result>(work: (event: Event, context: Context) => Promise<Result>) =>
  middy<Event, Result>({ timeoutEarlyInMillis: 0 })
    .use(injectLambdaContext(logger, { logEvent: false, resetKeys: true }))
    .use(logMetrics(metrics, { throwOnEmptyMetrics: false }))
    .handler(work);
