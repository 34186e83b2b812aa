import { Logger } from '@aws-lambda-powertools/logger';

/** JSON lines. Whoever logs passes fields that are safe: `maskKey` for keys, codes and ids as they are. */
export const logger = new Logger();
