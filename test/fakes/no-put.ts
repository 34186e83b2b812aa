import { fail } from '../../lib/result.ts';
import type { PutObject } from '../../lib/upload/storage.ts';

/** A bucket that no function may write to, as in a stack without the canary. */
export const noPut: PutObject = async () => fail('STORAGE_DENIED', 'S3 answered AccessDenied (HTTP 403).');
