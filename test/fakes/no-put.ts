import { fail } from '../../lib/result.ts';
import type { PutObject } from '../../lib/upload/storage.ts';

/** A bucket that takes nothing from a function, as where the canary is off. */
export const noPut: PutObject = async () => fail('STORAGE_DENIED', 'S3 answered AccessDenied (HTTP 403).');
