import { Logger } from '@aws-lambda-powertools/logger';

/** JSON lines. Callers pass only fields that are safe to log: `maskKey` for keys, codes and ids as they are. */
export const logger = new Logger();
