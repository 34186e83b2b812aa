import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { maskKey } from '../../../lib/telemetry/mask-key.ts';
import { bareEtag } from '../../../lib/upload/upload.ts';
import type { Stack } from '../stack.ts';
import type { Activity } from './activity.ts';

type Delivery = Extract<Activity, { readonly kind: 'delivery' }>;

/**
 * Logs mask names, but the people here are invented, and a developer looks for the file just dropped. Returns a
 * function that finds the full key for a log line. This is the key of the upload that caused the line, or else of the
 * only object in the bucket with this ETag and masked key. If there is no such object, or more than one, the key stays
 * masked.
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
    // An error is ignored, as the bucket may be closing and the name is only for display.
    return printable(own ?? (await listed(delivery).catch(() => delivery.key)));
  };
};

/**
 * A key may contain any character: control characters could move the cursor, and bidi characters could reverse the
 * line.
 */
export const printable = (key: string): string => key.replaceAll(/\p{C}/gu, '\u{fffd}');
