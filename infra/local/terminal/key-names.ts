import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { maskKey } from '../../../lib/telemetry/mask-key.ts';
import { bareEtag } from '../../../lib/upload/upload.ts';
import type { Stack } from '../stack.ts';
import type { Activity } from './activity.ts';

type Delivery = Extract<Activity, { readonly kind: 'delivery' }>;

/**
 * Logs mask names; at the terminal the people are invented, and a developer looks for the file just dropped. Returns a function
 * that finds the key behind a log line: of the upload that caused it, else the only object in the bucket that has this ETag and
 * looks like this when masked. Where several do, or none is left, the key stays masked.
 */
export const keyNames = ({ events, s3, bucket, settings }: Pick<Stack, 'events' | 's3' | 'bucket' | 'settings'>) => {
  const byRequest = new Map<string, string>();
  events.on('dispatched', ({ object, requestId }) => byRequest.set(requestId, object.key));

  const listed = async ({ key: masked, etag }: Delivery): Promise<string> => {
    const Prefix = masked.slice(0, Math.max(0, masked.indexOf('•')));
    const found: string[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix })) {
      const same = Contents.filter(({ ETag = '' }) => bareEtag(ETag) === etag).map(({ Key = '' }) => Key);
      found.push(...same.filter((key) => maskKey(key, settings.keyTemplates) === masked));
    }
    return found.length === 1 ? (found[0] ?? masked) : masked;
  };

  return async (delivery: Delivery): Promise<string> => {
    const own = byRequest.get(delivery.function_request_id ?? '');
    // The bucket may be closing: the name is for reading only.
    return printable(own ?? (await listed(delivery).catch(() => delivery.key)));
  };
};

/** A key may hold anything: control characters could move the cursor, and bidi characters turn the line around. */
export const printable = (key: string): string => key.replaceAll(/\p{C}/gu, '\u{fffd}');
