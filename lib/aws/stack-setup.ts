import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  type S3Client,
  type LifecycleRule as S3Rule,
} from '@aws-sdk/client-s3';
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { awsConnectTimeoutMs, snsTimeoutMs } from '../limits.ts';
import type { LifecycleAction, LifecycleRule, StackSetup } from '../operator/check/stack-setup.ts';
import { ok, type Result } from '../result.ts';

/** Implements `StackSetup` with the S3 and SNS clients. */
export const stackSetup = (s3: S3Client, sns: SNSClient = snsClient()): StackSetup => ({
  versioning: (bucket, abortSignal) =>
    answered(async () => {
      const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket: bucket }), { abortSignal });
      if (Status === undefined) return 'never enabled';
      return Status === 'Enabled' ? 'enabled' : 'suspended';
    }),
  lifecycle: async (bucket, abortSignal) => {
    const rules = await answered(async () => {
      const command = new GetBucketLifecycleConfigurationCommand({ Bucket: bucket });
      const { Rules = [] } = await s3.send(command, { abortSignal });
      return Rules.filter(({ Status }) => Status === 'Enabled').map(lifecycleRule);
    });
    return rules.ok || rules.error !== 'NoSuchLifecycleConfiguration' ? rules : ok([]);
  },
  subscriptions: (topicArn, abortSignal) =>
    answered(async () => {
      const command = new GetTopicAttributesCommand({ TopicArn: topicArn });
      const { Attributes = {} } = await sns.send(command, { abortSignal });
      const { SubscriptionsConfirmed = 0, SubscriptionsPending = 0 } = Attributes;
      return { confirmed: Number(SubscriptionsConfirmed), pending: Number(SubscriptionsPending) };
    }),
});

const snsClient = (): SNSClient =>
  new SNSClient({
    requestHandler: {
      connectionTimeout: awsConnectTimeoutMs,
      requestTimeout: snsTimeoutMs,
      throwOnRequestTimeout: true,
    },
  });

const answered = async <T>(ask: () => Promise<T>): Promise<Result<T, string>> => {
  try {
    return ok(await ask());
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.name : 'UnknownError' };
  }
};

const lifecycleRule = (rule: S3Rule): LifecycleRule => {
  // A filter has one condition, or several in `And`. Older rules have a prefix and no filter.
  const { And, Tag, ...single } = rule.Filter ?? {};
  const { Prefix, ObjectSizeGreaterThan } = And ?? single;
  return {
    name: rule.ID ?? '',
    prefix: Prefix ?? rule.Prefix ?? '',
    onlyTagged: Tag !== undefined || (And?.Tags ?? []).length > 0,
    ...(ObjectSizeGreaterThan !== undefined && { largerThanBytes: ObjectSizeGreaterThan }),
    actions: [...deletions(rule), ...archivals(rule)],
  };
};

/** Expired delete markers and incomplete multipart uploads are left out: removing them deletes no file. */
const deletions = ({ Expiration, NoncurrentVersionExpiration }: S3Rule): readonly LifecycleAction[] => [
  ...actionAt(Expiration, { does: 'deletes', to: 'objects' }),
  ...actionAt({ Days: NoncurrentVersionExpiration?.NoncurrentDays }, { does: 'deletes', to: 'old versions' }),
];

/** Objects in all other storage classes can be read directly. */
const archives: ReadonlySet<string | undefined> = new Set(['GLACIER', 'DEEP_ARCHIVE']);

const archivals = ({ Transitions = [], NoncurrentVersionTransitions = [] }: S3Rule): readonly LifecycleAction[] => [
  ...Transitions.filter(({ StorageClass }) => archives.has(StorageClass)).flatMap((transition) =>
    actionAt(transition, { does: 'archives', to: 'objects' }),
  ),
  ...NoncurrentVersionTransitions.filter(({ StorageClass }) => archives.has(StorageClass)).flatMap(
    ({ NoncurrentDays }) => actionAt({ Days: NoncurrentDays }, { does: 'archives', to: 'old versions' }),
  ),
];

const actionAt = (
  when: { readonly Days?: number | undefined; readonly Date?: Date | undefined } | undefined,
  action: Omit<LifecycleAction, 'when'>,
): readonly LifecycleAction[] => {
  if (when?.Days !== undefined) return [{ ...action, when: { afterDays: when.Days } }];
  return when?.Date === undefined ? [] : [{ ...action, when: { from: when.Date } }];
};
