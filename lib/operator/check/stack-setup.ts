import type { Result } from '../../result.ts';

/** A result, or the name of the AWS error, such as "AccessDenied". The error's message may quote data. */
type Answered<T> = Promise<Result<T, string>>;

/**
 * How the bucket and the alarms are set up. Only "check" needs this, so only on-demand has the permission to read it.
 */
export interface StackSetup {
  versioning(bucket: string, signal: AbortSignal): Answered<Versioning>;
  /** Only enabled rules. */
  lifecycle(bucket: string, signal: AbortSignal): Answered<readonly LifecycleRule[]>;
  subscriptions(topicArn: string, signal: AbortSignal): Answered<Subscriptions>;
}

export type Versioning = 'enabled' | 'suspended' | 'never enabled';

export interface LifecycleRule {
  /** The name that the bucket's owner gave it. */
  readonly name: string;
  readonly prefix: string;
  /** It applies only to objects with certain tags. */
  readonly onlyTagged: boolean;
  /** It applies only to larger objects. */
  readonly largerThanBytes?: number;
  readonly actions: readonly LifecycleAction[];
}

/** What a rule does to an object: `archives` means that it must be restored before it can be read. */
export interface LifecycleAction {
  readonly does: 'deletes' | 'archives';
  readonly to: 'objects' | 'old versions';
  readonly when: { readonly afterDays: number } | { readonly from: Date };
}

export interface Subscriptions {
  readonly confirmed: number;
  readonly pending: number;
}
