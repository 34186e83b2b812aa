import type { Result } from '../../result.ts';

/** What an AWS service answered instead: the name of its error, such as "AccessDenied". Its message may quote data. */
type Answered<T> = Promise<Result<T, string>>;

/** How bucket and alarms are set up. No delivery needs to know it; only the check asks, so only on-demand may. */
export interface StackSetup {
  versioning(bucket: string, signal: AbortSignal): Answered<Versioning>;
  /** The rules that are switched on. */
  lifecycle(bucket: string, signal: AbortSignal): Answered<readonly LifecycleRule[]>;
  subscriptions(topicArn: string, signal: AbortSignal): Answered<Subscriptions>;
}

export type Versioning = 'enabled' | 'suspended' | 'never enabled';

export interface LifecycleRule {
  /** As the owner of the bucket named it. */
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
