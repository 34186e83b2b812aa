import { randomUUID } from 'node:crypto';
import { decodeEventKey } from '../../../../lib/upload/object-key.ts';
import type { InvocationResult, Lambda } from '../lambda/function.ts';
import { type CreatedObject, s3Notification } from './s3-notification.ts';

/** A new object and the result of its event. */
export interface Dispatch {
  readonly object: CreatedObject;
  readonly requestId: string;
  readonly result: Promise<InvocationResult>;
}

export interface BucketTriggerOptions {
  readonly onUpload: Lambda;
  readonly region: string;
  /**
   * Only keys with one of these prefixes start the function, as with the trigger on AWS; "" matches all keys.
   * Form-encoded, because S3 expects the filter of a notification in this form.
   */
  readonly prefixes: readonly string[];
  readonly onDispatch: (dispatch: Dispatch) => void;
  /** Called for an object without such a prefix, which causes no event, as on AWS. */
  readonly onUnwatched: (object: CreatedObject) => void;
}

/** The bucket trigger: turns new objects of the local S3 into S3 events and sends them to on-upload. */
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

/**
 * S3 decodes a filter in the way it encodes keys in events: "a+b/" is the prefix "a b/". A "%" without two hexadecimal
 * digits stays as it is.
 */
const decodeFilter = (filter: string): string => {
  const decoded = filter === '' ? undefined : decodeEventKey(filter);
  return decoded?.ok ? decoded.value : filter;
};
