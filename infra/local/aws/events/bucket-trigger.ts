import { randomUUID } from 'node:crypto';
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
  /** Only keys with one of these prefixes start the function, as with the trigger on AWS; "" fits all keys. */
  readonly prefixes: readonly string[];
  readonly onDispatch: (dispatch: Dispatch) => void;
  /** An object with another prefix: it causes no event, here as on AWS. */
  readonly onUnwatched: (object: CreatedObject) => void;
}

/** The trigger of the bucket: turns new objects of the local S3 into S3 events and sends them to on-upload. */
export const createBucketTrigger =
  ({ onUpload, region, prefixes, onDispatch, onUnwatched }: BucketTriggerOptions) =>
  (object: CreatedObject): void => {
    if (!prefixes.some((prefix) => object.key.startsWith(prefix))) {
      onUnwatched(object);
      return;
    }
    const requestId = randomUUID();
    onDispatch({ object, requestId, result: onUpload.send(s3Notification(object, region), requestId) });
  };
