import { randomUUID } from 'node:crypto';
import type { Lambda, Settled } from '../lambda/function.ts';
import { type CreatedObject, s3Notification } from './s3-notification.ts';

/** An object that came in, and what the function made of its event. */
export interface Dispatch {
  readonly object: CreatedObject;
  readonly requestId: string;
  readonly settled: Promise<Settled>;
}

export interface DispatcherOptions {
  readonly onUpload: Lambda;
  readonly region: string;
  /** Only keys under one of these start the function, as the trigger on AWS has it; "" is all of them. */
  readonly prefixes: readonly string[];
  readonly onDispatch: (dispatch: Dispatch) => void;
  /** An object elsewhere in the bucket: nothing is told of it, here as on AWS. */
  readonly onUnwatched: (object: CreatedObject) => void;
}

/** The bucket's trigger: turns what the local S3 tells into events of S3, and gives them to on-upload. */
export const dispatcher =
  ({ onUpload, region, prefixes, onDispatch, onUnwatched }: DispatcherOptions) =>
  (object: CreatedObject): void => {
    if (!prefixes.some((prefix) => object.key.startsWith(prefix))) {
      onUnwatched(object);
      return;
    }
    const requestId = randomUUID();
    onDispatch({ object, requestId, settled: onUpload.send(s3Notification(object, region), requestId) });
  };
