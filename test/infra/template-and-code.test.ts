import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Metafile } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { type Bundle, bundle, handlerNames } from '../../infra/bundle.ts';
import { settings } from '../../lib/config/settings.ts';
import { metricNames } from '../../lib/telemetry/metrics.ts';
import { newFolder, remove } from '../fakes/temporary-folder.ts';
import { rightsGiven, rightsNeeded, rightsOfLambda } from './rights/actions.ts';
import { commandsCalled } from './rights/calls.ts';
import { deployed } from './template/deployed.ts';
import { deliveredFunctions } from './template/service.ts';
import { at, isList, isObject, type Json, listOf, objectsIn, resourcesOf, type Template } from './template/template.ts';

const root = path.join(import.meta.dirname, '../..');
const names = await handlerNames();

/** With every optional feature, except the outcome events. */
const everyPart = {
  attachWithinSeconds: '600',
  keyTemplates: 'candidates/{candidate_id}/{filename}|canary/{integration_id}/{candidate_id}/{filename}',
  canaryKey: 'canary/sandbox:8d1hpPsbjxUkoCoa1veLZGe5/8Xi6iZrwusZqJmDGXs49GBmJ/canary.pdf',
};

const folder = await newFolder();
afterAll(() => remove(folder));
const [bundles, plain, withOutcomes] = await Promise.all([
  bundle(undefined, { outDir: folder }),
  deployed(everyPart),
  deployed({ ...everyPart, outcomeBus: 'default' }),
]);

const bundleOf = (name: string): Bundle => {
  const found = bundles.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no bundle ${name}.`);
  return found;
};

const functionsIn = (template: Template) =>
  new Map(
    resourcesOf(template, 'AWS::Lambda::Function').map(([, own]) => [
      String(own.FunctionName).replace('cv-courier-dev-', ''),
      own,
    ]),
  );

test('the template has a function for each handler, and no other', () => {
  expect(names).toEqual(expect.arrayContaining([...deliveredFunctions]));
  expect([...functionsIn(plain).keys()].sort()).toEqual(names);
});

test('each function has the number of instances that may call Kombo concurrently in its environment', () => {
  for (const name of names) {
    expect(functionsIn(plain).get(name)).toMatchObject({
      Environment: { Variables: { CALLING_INSTANCES: '8+2+1+1' } },
    });
  }
});

describe.each(names)('%s', (name) => {
  test(`the module of ${name} exports the handler that the template names`, async () => {
    const { modulePath } = bundleOf(name);
    expect(functionsIn(plain).get(name)?.Handler).toBe('index.handler');
    const { handler } = await import(pathToFileURL(modulePath).href);
    expect(handler).toBeTypeOf('function');
    // Node 24's runtime refuses handlers that declare a callback.
    expect(handler.length).toBeLessThanOrEqual(2);
  });

  test(`the bundle of ${name} stays within the budget`, () => {
    // on-demand also asks SNS for the subscribers of the alarms; no CV waits for its cold start.
    expect(bundleOf(name).sizeBytes).toBeLessThanOrEqual(name === 'on-demand' ? 750_000 : 650_000);
  });

  test(`the role of ${name} allows exactly the AWS calls that its code can make`, async () => {
    const commands = await commandsOf(name);
    const needed = new Set([...rightsNeeded(commands), ...rightsOfLambda(plain, name, commands)]);
    // Links to versions are signed only with transfer: data_url; functions that look at targets read versions anyway.
    if (!(await looksAtTargets(name))) needed.delete('s3:GetObjectVersion on objects');
    expect([...rightsGiven(plain, name)].sort()).toEqual([...needed].sort());
  });

  test(`with signed links and a KMS key the role of ${name} allows these too, each through the service that needs it`, async () => {
    const kmsKeyArn = 'arn:aws:kms:eu-central-1:111122223333:key/5f1a2b3c-1111-2222-3333-444455556666';
    const optional = await deployed({ ...everyPart, transfer: 'data_url', kmsKeyArn });
    const added = [...rightsGiven(optional, name)].filter((right) => !rightsGiven(plain, name).has(right));
    const links = (await looksAtTargets(name)) ? [] : ['s3:GetObjectVersion on objects'];
    expect(added.map((right) => right.replace(/ on (?=$| through)/, ' on key')).sort()).toEqual(
      [
        ...links,
        ...(name === 'on-schedule' ? ['kms:GenerateDataKey on key through s3'] : []),
        'kms:Decrypt on key through s3',
        'kms:Decrypt on key through secretsmanager',
        'kms:Decrypt on key through lambda',
        'kms:Decrypt on key through dynamodb',
        'kms:DescribeKey on key through dynamodb',
        'kms:Encrypt on key through dynamodb',
        'kms:GenerateDataKey on key through dynamodb',
        'kms:ReEncryptFrom on key through dynamodb',
        'kms:ReEncryptTo on key through dynamodb',
      ].sort(),
    );
  });
});

/** Our own files in the bundle of a function, relative to the root. */
const filesOf = async (name: string): Promise<readonly string[]> => {
  const { outputs }: Metafile = JSON.parse(await readFile(bundleOf(name).metaPath, 'utf8'));
  const output = Object.values(outputs).find(({ entryPoint }) => entryPoint !== undefined);
  return Object.entries(output?.inputs ?? {}).flatMap(([file, { bytesInOutput }]) =>
    /^(lib|handlers)\//.test(file) && bytesInOutput > 0 ? [file] : [],
  );
};

const looksAtTargets = async (name: string): Promise<boolean> =>
  (await filesOf(name)).includes('lib/read-back/known-file.ts');

const commandsOf = async (name: string): Promise<ReadonlySet<string>> => {
  const own = (await filesOf(name)).map((file) => path.join(root, file));
  return commandsCalled(path.join(root, 'handlers', `${name}.ts`), own, root);
};

test('the functions get exactly the variables that the configuration reads', () => {
  const known = new Set<string>(Object.values(settings).map(({ name }) => name));
  // The key itself, and what only the local stack and checks set.
  for (const local of ['KOMBO_API_KEY', 'LEASE_SECONDS', 'RETRY_BASE_SECONDS', 'S3_FORCE_PATH_STYLE'])
    known.delete(local);
  for (const local of ['READ_BACK_AFTER_SECONDS', 'READ_BACK_AGAIN_SECONDS']) known.delete(local);
  for (const [name, own] of functionsIn(plain)) {
    const given = Object.keys((at(own, 'Environment', 'Variables') ?? {}) as object);
    expect({ name, given: given.filter((variable) => !variable.startsWith('POWERTOOLS_')).sort() }).toEqual({
      name,
      given: [...known].sort(),
    });
  }
});

test('each variable of the functions has the value of its parameter', async () => {
  const template = await deployed({
    komboBaseUrl: 'us',
    komboIntegrationId: 'lever:CBNMt7dSNCzBdnRTx87dev4E',
    keyTemplates: 'cvs/{application_id}/{filename}',
    maxBytes: '5000000',
    allowedTypes: 'pdf',
    transfer: 'data_url',
    onUnknown: 'resend',
    remoteFields: '{"lever":{}}',
    sweepSince: '2026-01-31',
    sweepEveryMinutes: '15',
    ledgerRetentionDays: '500',
    komboTimeoutSeconds: '200',
    scan: 'existing-plan',
    existingBucket: 'acme-applications',
  });
  for (const own of functionsIn(template).values()) {
    expect(at(own, 'Environment', 'Variables')).toMatchObject({
      BUCKET: 'acme-applications',
      LEDGER_TABLE: 'LedgerTable',
      KOMBO_BASE_URL: 'us',
      KOMBO_API_KEY_SECRET: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:KomboApiKey-AbCdEf',
      KOMBO_INTEGRATION_ID: 'lever:CBNMt7dSNCzBdnRTx87dev4E',
      KEY_TEMPLATES: 'cvs/{application_id}/{filename}',
      MAX_BYTES: '5000000',
      ALLOWED_TYPES: 'pdf',
      TRANSFER: 'data_url',
      REQUIRE_SCAN: 'true',
      ON_UNKNOWN: 'resend',
      REMOTE_FIELDS: '{"lever":{}}',
      SWEEP_SINCE: '2026-01-31',
      SWEEP_EVERY_MINUTES: '15',
      KOMBO_TIMEOUT_SECONDS: '200',
      LEDGER_RETENTION_DAYS: '500',
      POWERTOOLS_SERVICE_NAME: 'cv-courier-dev',
    });
  }
});

test('the lease is longer than the timeout of the function, and that is longer than the timeout of a call to Kombo', () => {
  for (const own of functionsIn(plain).values()) {
    expect(own.Timeout).toBe(300);
    expect(Number(settings.leaseMs.default)).toBeGreaterThan(Number(own.Timeout));
    expect(Number(at(own, 'Environment', 'Variables', 'KOMBO_TIMEOUT_SECONDS'))).toBeLessThan(Number(own.Timeout));
  }
});

/** Metrics of the own namespace: in alarms ["Held", "<value of the dimension>"], in the dashboard the same. */
const ownMetrics = (
  template: Template,
): readonly { readonly name: string; readonly service: string; readonly in: string }[] => {
  const found: { name: string; service: string; in: string }[] = [];
  const look = (value: Json, where: string): void => {
    if (isList(value)) {
      const [namespace, name, dimension, service] = value;
      if (namespace === 'cv-courier' && dimension === 'service') {
        found.push({ name: String(name), service: String(service), in: where });
      }
      for (const item of value) look(item, where);
    } else if (isObject(value)) {
      if (value.Namespace === 'cv-courier') {
        found.push({ name: String(value.MetricName), service: String(at(value, 'Dimensions', 0, 'Value')), in: where });
      }
      for (const item of Object.values(value)) look(item, where);
    }
  };
  for (const [id, own] of resourcesOf(template, 'AWS::CloudWatch::Alarm')) look(own, id);
  for (const [id, own] of resourcesOf(template, 'AWS::CloudWatch::Dashboard'))
    look(JSON.parse(String(own.DashboardBody)), id);
  return found;
};

test('the dashboard shows every metric of the code, and neither it nor an alarm names another', () => {
  const shown = ownMetrics(plain);
  expect([...new Set(shown.filter((metric) => metric.in === 'Dashboard').map(({ name }) => name))].sort()).toEqual(
    [...metricNames].sort(),
  );
  const others = shown.filter((metric) => metric.in !== 'Dashboard').map(({ name }) => name);
  expect(metricNames).toEqual(expect.arrayContaining(others));
  expect(others.length).toBeGreaterThan(10);
});

test('the dashboard shows the errors and the log lines of every function', () => {
  const [[, own] = []] = resourcesOf(plain, 'AWS::CloudWatch::Dashboard');
  const widgets = objectsIn(JSON.parse(String(own?.DashboardBody)).widgets);
  const errors = widgets.flatMap((widget) =>
    listOf(at(widget, 'properties', 'metrics')).filter((metric) => at(metric, 1) === 'Errors'),
  );
  const queries = widgets.map((widget) => String(at(widget, 'properties', 'query') ?? '')).join();
  expect(errors.map((metric) => at(metric, 3)).sort()).toEqual(names.map((name) => `cv-courier-dev-${name}`));
  for (const name of names) expect(queries).toContain(`SOURCE '/aws/lambda/cv-courier-dev-${name}' | `);
});

test('alarms and dashboard read metrics under the namespace and service that the code sends', async () => {
  const variables = at(functionsIn(plain).get('on-upload'), 'Environment', 'Variables');
  const script =
    "const { measure } = await import('./lib/telemetry/metrics.ts'); measure({ Held: 1 }, { integration: 'lever:1' });";
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...(variables as Record<string, string>) },
  });
  const sent = JSON.parse(stdout);
  // The integration is a field, not a dimension: as a dimension, it would multiply the metrics by the integrations.
  expect(sent).toMatchObject({ integration: 'lever:1', Held: 1 });
  expect(sent._aws.CloudWatchMetrics[0]).toMatchObject({ Namespace: 'cv-courier', Dimensions: [['service']] });
  expect(new Set(ownMetrics(plain).map(({ service }) => service))).toEqual(new Set([sent.service]));
});

test('infra/README.md calculates the cost with the actual number of metrics and alarms', async () => {
  const page = await readFile(path.join(root, 'infra/README.md'), 'utf8');
  const alarms = resourcesOf(plain, 'AWS::CloudWatch::Alarm');
  const ofOne = alarms.filter(([, own]) => own.MetricName !== undefined).length;
  const watched = ofOne + functionsIn(plain).size + 2;
  const dollars = (count: number, price: number): string => (count * price).toFixed(2);
  expect(page).toContain(
    `| ${metricNames.length} metrics | ${metricNames.length} × $0.30 | ${dollars(metricNames.length, 0.3)} |`,
  );
  expect(page).toMatch(
    new RegExp(
      `\\| alarms: ${ofOne} on one metric.*, 1 on four, 1 on two \\| ${watched} × \\$0.10 \\| ${dollars(watched, 0.1)} \\|`,
    ),
  );
  // One comes with `attachWithinSeconds` and one with `canaryKey`.
  expect(page).toContain(` ${alarms.length - 2} to ${alarms.length} ALARMS `);
});

test('each alarm notifies the topic directly', () => {
  const alarms = resourcesOf(plain, 'AWS::CloudWatch::Alarm');
  expect(alarms.length).toBeGreaterThan(15);
  expect(resourcesOf(plain, 'AWS::CloudWatch::CompositeAlarm')).toEqual([]);
  for (const [, own] of alarms)
    expect(own.AlarmActions).toEqual(['arn:aws:sns:eu-central-1:111122223333:cv-courier-dev-alarms']);
});

test('the dashboard shows each alarm, including those of the outcome events', () => {
  for (const template of [plain, withOutcomes]) {
    const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm').map(([, own]) => String(own.AlarmName));
    const [[, dashboard] = []] = resourcesOf(template, 'AWS::CloudWatch::Dashboard');
    const shown = [...String(dashboard?.DashboardBody).matchAll(/:alarm:([\w-]+)"/g)].map(([, name]) => name);
    expect(shown.toSorted()).toEqual(alarms.toSorted());
  }
});

test('texts of alarms name only existing saved queries and functions', () => {
  const queries = resourcesOf(plain, 'AWS::Logs::QueryDefinition').map(([, own]) => String(own.Name));
  const texts = resourcesOf(plain, 'AWS::CloudWatch::Alarm')
    .map(([, own]) => String(own.AlarmDescription))
    .join('\n');
  const named = [...texts.matchAll(/saved query (\S+)/g)].map(([, name]) => name);
  expect(named).toEqual(['cv-courier-dev/causes', 'cv-courier-dev/refused-events']);
  expect(queries).toEqual(expect.arrayContaining(named));
  const logs = [...texts.matchAll(/\/aws\/lambda\/cv-courier-dev-([a-z-]+)/g)].map(([, name]) => String(name));
  expect(logs).toContain('on-batch');
  expect(names).toEqual(expect.arrayContaining(logs));
});

test('the newest lines on the dashboard include waiting files', () => {
  const [[, own] = []] = resourcesOf(plain, 'AWS::CloudWatch::Dashboard');
  expect(String(own?.DashboardBody)).toContain("status in ['held', 'rejected', 'unknown', 'waiting']");
});

test('the text of each alarm has its meaning, whether it can wait, the first command, the integration, and the address of the dashboard', () => {
  for (const [id, own] of resourcesOf(withOutcomes, 'AWS::CloudWatch::Alarm')) {
    const text = String(own.AlarmDescription);
    // CloudWatch's limit, with the longest stack name with which the name of on-schedule has 64 characters.
    expect(text.replaceAll('cv-courier-dev', 's'.repeat(52)).length, id).toBeLessThanOrEqual(1024);
    const lines = text.split('\n');
    expect(lines[0], id).toMatch(/^.{60,}[.:,]$/);
    expect(
      lines.filter((line) => /^Urgent: (yes|no|if|only if)\b/.test(line)),
      id,
    ).toHaveLength(1);
    const first = lines.filter((line) => line.startsWith('First: '));
    expect(first, id).toHaveLength(1);
    expect(first[0], id).toMatch(/^First: (AWS_MAX_ATTEMPTS=1 )?aws (lambda|logs|pipes) .*--region eu-central-1/);
    // The functions' real names, so that the operator does not have to look them up.
    const named = first[0]
      ?.match(/--function-name (\S+)|\/aws\/lambda\/(\S+)/)
      ?.slice(1)
      .find(Boolean);
    if (named !== undefined) expect([...functionsIn(plain).values()].map((fn) => fn.FunctionName)).toContain(named);
    const [pipe] = resourcesOf(withOutcomes, 'AWS::Pipes::Pipe').map(([, pipe]) => String(pipe.Name));
    if (first[0]?.includes('describe-pipe')) expect(first[0], id).toMatch(new RegExp(`--name ${pipe}$`));
    expect(text, id).toMatch(/integration/);
    expect(lines.at(-1), id).toBe(
      'Dashboard: https://console.aws.amazon.com/cloudwatch/home?region=eu-central-1#dashboards/dashboard/cv-courier-dev',
    );
  }
  const [[, dashboard] = []] = resourcesOf(plain, 'AWS::CloudWatch::Dashboard');
  expect(dashboard?.DashboardName).toBe('cv-courier-dev');
});
