import { expect, test } from 'vitest';
import { context } from '../../worlds/loopback.ts';

test('a batch function without its settings reports that for every task, and throws nothing that S3 would repeat', async () => {
  Object.assign(process.env, { BUCKET: '', LEDGER_TABLE: '', POWERTOOLS_LOG_LEVEL: 'SILENT' });
  const { handler } = await import('../../../handlers/on-batch.ts');
  const tasks = [{ taskId: 't-1', s3Key: 'a.pdf', s3VersionId: null, s3BucketArn: 'arn:aws:s3:::cv-inbox' }];
  const event = { invocationSchemaVersion: '1.0', invocationId: 'i-1', job: { id: 'j-1' }, tasks };
  expect(await handler(event, context())).toEqual({
    invocationSchemaVersion: '1.0',
    treatMissingKeysAs: 'PermanentFailure',
    invocationId: 'i-1',
    results: [
      {
        taskId: 't-1',
        resultCode: 'PermanentFailure',
        resultString: 'CONFIGURATION: the settings of the function are invalid; run the action "check" of on-demand.',
      },
    ],
  });
});
