import { functionNames } from './service.ts';

/** A Control Tower rule that the stack does not follow, on which resources, and why. */
export interface AcceptedRefusal {
  readonly rule: string;
  readonly resources: readonly string[];
  readonly reason: string;
}

// The reasons apply to every function, so a new one needs no line here.
const ids = functionNames.map((name) => name.replace('on', 'On').replaceAll('-', 'Dash'));
const functions = ids.map((id) => `${id}LambdaFunction`);
const logGroups = ids.map((id) => `${id}LogGroup`);

/** Refusals in every shape. */
export const acceptedRefusals: readonly AcceptedRefusal[] = [
  {
    rule: 'cloudwatch_log_group_retention_period_check',
    resources: logGroups,
    reason:
      'Log lines name candidates by their ids. Personal data is kept as long as it is needed: logRetentionDays, 90 by default.',
  },
  {
    rule: 'cloudwatch_log_group_encrypted_check',
    resources: logGroups,
    reason:
      "Logs are encrypted under CloudWatch's key, and hold neither contents nor names. Under your own key, a wrong policy would silence them.",
  },
  {
    rule: 'sqs_dlq_check',
    resources: ['FailureQueue', 'OutcomeQueue'],
    reason: 'They are the dead-letter queues.',
  },
  {
    rule: 's3_bucket_default_encryption_kms_check',
    resources: ['ServerlessDeploymentBucket', 'BatchBucket'],
    reason: "They hold code and lists of keys, no CV; encrypted under S3's key.",
  },
  {
    rule: 's3_event_notifications_enabled_check',
    resources: ['ServerlessDeploymentBucket', 'BatchBucket'],
    reason: 'Nothing has to react to new code or lists of keys.',
  },
  {
    rule: 's3_bucket_logging_enabled_check',
    resources: ['UploadBucket', 'ServerlessDeploymentBucket', 'BatchBucket'],
    reason:
      'Access logs would copy file names, which are often names of people, into another bucket. CloudTrail data events are the better choice, and yours.',
  },
  {
    rule: 's3_bucket_object_lock_enabled_check',
    resources: ['UploadBucket', 'ServerlessDeploymentBucket', 'BatchBucket'],
    reason: 'A CV must be deletable when its owner asks for it.',
  },
];

/** Further refusals when no VPC is given. */
export const acceptedWithoutVpc: readonly AcceptedRefusal[] = [
  {
    rule: 'lambda_inside_vpc_check',
    resources: functions,
    reason:
      'Kombo is on the internet. A VPC adds a NAT gateway that costs more than all the rest; if you need one, set vpcSubnetIds.',
  },
];

/** Further refusals when no KMS key is given. */
export const acceptedWithoutKey: readonly AcceptedRefusal[] = [
  {
    rule: 's3_bucket_default_encryption_kms_check',
    resources: ['UploadBucket'],
    reason: "Without a key of yours the bucket is encrypted under S3's; give one by kmsKeyArn.",
  },
];
