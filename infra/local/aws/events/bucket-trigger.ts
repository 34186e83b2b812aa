import { randomUUID } from 'node:crypto';
import { decodeEventKey } from '../../../../lib/upload/object-key.ts';
import type { InvocationResult, Lambda } from '../lambda/function.ts';
import { type CreatedObject, s3Notification } from './s3-notification.ts';

/** A new object, and the result of its event. */
export interface Dispatch {
  readonly object: CreatedObject;
  readonly requestId: string;
  readonly result: Promise<InvocationResult>;
}

export interface BucketTriggerOptions {
  readonly onUpload: Lambda;
  readonly region: string;
  /**
   * Only keys with one of these prefixes start the function, as with the trigger on AWS; "" fits all keys.
   * Form-encoded, as S3 reads the filter of a notification.
   */
  readonly prefixes: readonly string[];
  readonly onDispatch: (dispatch: Dispatch) => void;
  /** An object with another prefix: it causes no event, here as on AWS. */
  readonly onUnwatched: (object: CreatedObject) => void;
}

/** The trigger of the bucket: turns new objects of the local S3 into S3 events and sends them to on-upload. */
export const createBucketTrigger = ({ onUpload, region, prefixes, onDispatch, onUnwatched }: BucketTriggerOptions) => {
  const plainPrefixes = prefixes.map(decodeFilter);
  return (object: CreatedObject): void => {
    if (!plainPrefixes.some((prefix) => object.key.startsWith(prefix))) {
      onUnwatched(object);
      return;
    }
    const requestId = randomUUID();
    onDispatch({ object, requestId, result: onUpload.send(s3Notification(object, region), requestId) });
  };
};

/** S3 decodes a filter as it encodes keys in events, so "a+b/" is the prefix "a b/". A stray "%" stands for itself. */
const decodeFilter = (filter: string): string => {
  const decoded = filter === '' ? undefined : decodeEventKey(filter);
  return decoded?.ok ? decoded.value : filter;
};
