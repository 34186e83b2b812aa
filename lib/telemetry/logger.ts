import { Logger } from '@aws-lambda-powertools/logger';

/** JSON lines. Callers pass only fields that are safe to log: keys, ids of targets and of integrations only as `mask-key.ts` returns them. */
export const logger = new Logger();
