import type { CreatedObject } from '../events/s3-notification.ts';
import type { ObjectStore } from './object-store.ts';

/** What every call works on. */
export interface Context {
  readonly store: ObjectStore;
  readonly region: string;
  /** A sender that is silent for longer is cut off. */
  readonly idleTimeoutMs: number;
  readonly onCreated: (object: CreatedObject) => void;
}
