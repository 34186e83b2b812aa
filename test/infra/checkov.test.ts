import { expect, test } from 'vitest';
import { acceptedRefusals, acceptedWithoutVpc } from './template/accepted-refusals.ts';

/** A check of checkov that the stack does not follow, and why: a reason of the accepted refusals, where one of their rules demands the same. */
type Skip = { readonly id: string; readonly check: string } & (
  | { readonly sameAs: string }
  | { readonly reason: string }
);

const skips: readonly Skip[] = [
  { id: 'CKV_AWS_18', check: 'access logging of buckets', sameAs: 's3_bucket_logging_enabled_check' },
  {
    id: 'CKV_AWS_26',
    check: 'the topic of the alarms under a KMS key',
    reason:
      'Its messages are texts of this stack and numbers, no personal data. Under a key whose policy does not name CloudWatch, alarms would be lost silently.',
  },
  {
    id: 'CKV_AWS_27',
    check: 'queues under a KMS key',
    reason:
      "They are encrypted under SQS's key, which checkov does not see. Under a key whose policy does not name EventBridge, events would be lost silently.",
  },
  {
    id: 'CKV_AWS_116',
    check: 'dead-letter queues of functions',
    reason:
      'on-upload has a destination for failures, which keeps the event and the error. The next run of on-schedule repeats what one has left. on-demand and on-batch answer their callers.',
  },
  { id: 'CKV_AWS_117', check: 'functions in a VPC', sameAs: 'lambda_inside_vpc_check' },
  { id: 'CKV_AWS_158', check: 'log groups under a KMS key', sameAs: 'cloudwatch_log_group_encrypted_check' },
  {
    id: 'CKV_AWS_173',
    check: 'environment variables under a KMS key',
    reason:
      'They hold names, limits and key templates. The API key is in Secrets Manager; the functions know only its name.',
  },
];

const reasonOf = (skip: Skip): string => {
  if ('reason' in skip) return skip.reason;
  const accepted = [...acceptedRefusals, ...acceptedWithoutVpc].find(({ rule }) => rule === skip.sameAs);
  if (!accepted)
    throw new Error(`${skip.sameAs} is no longer an accepted refusal, so remove the skip of ${skip.id}, too.`);
  return accepted.reason;
};

const page = [
  '# What checkov (https://www.checkov.io) demands and the stack does not do, with the reasons. Printed by test/infra/checkov.test.ts:',
  '# npx vitest run test/infra/checkov.test.ts --update',
  'framework:',
  '  - cloudformation',
  'skip-download: true',
  'compact: true',
  'quiet: true',
  'skip-check:',
  ...skips.flatMap((skip) => [`  # ${skip.check}: ${reasonOf(skip)}`, `  - ${skip.id}`]),
  '',
].join('\n');

test('the configuration of checkov skips the accepted checks, with the reasons of the accepted refusals', async () => {
  await expect(page).toMatchFileSnapshot('../../.checkov.yaml');
});
