import { Logger } from '@aws-lambda-powertools/logger';

/**
 * Writes JSON lines. Callers pass only fields that are safe to log: keys and ids of targets and integrations only in
 * the form that `mask-key.ts` returns.
 */
export const logger = new Logger();
