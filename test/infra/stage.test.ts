import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { exampleFaults, readStage, tagsOf } from '../../infra/stage.ts';
import { newFolder, remove } from '../fakes/temporary-folder.ts';
import { deliveredFunctions } from './template/service.ts';

const integration = 'greenhouse:8d1hpPsbjxUkoCoa1veLZGe5';

const serviceDir = await newFolder();
afterAll(() => remove(serviceDir));
await mkdir(path.join(serviceDir, 'stages'));
await writeFile(path.join(serviceDir, 'stages/example.yml'), 'komboIntegrationId: example:replace-me\n');

const stage = (name: string, ...commandLine: readonly string[]) =>
  readStage({ serviceDir, stage: name, commandLine, functions: deliveredFunctions });

const withFile = async (name: string, content: string) => {
  await writeFile(path.join(serviceDir, `stages/${name}.yml`), content);
  return stage(name);
};

test('a stage can be set on the command line alone, which overrides its file', async () => {
  expect(stage('prod', `komboIntegrationId=${integration}`)).toMatchObject({
    values: { komboIntegrationId: integration, maxBytes: '10000000' },
    faults: [],
  });
  await withFile('both', `komboIntegrationId: ${integration}\nmaxBytes: 5000000\n`);
  expect(stage('both', 'maxBytes=6000000').values.maxBytes).toBe('6000000');
});

test('a stage without settings is refused with the two ways to give them', () => {
  expect(stage('qa').faults).toEqual([
    'Stage "qa" has no settings: write stages/qa.yml (start with a copy of stages/example.yml), or give --param="komboIntegrationId=<tool>:<id>".',
  ]);
});

test('the first stage uses the example until it has its own file; the example cannot be deployed', async () => {
  const first = stage('dev');
  expect(first).toMatchObject({ values: { komboIntegrationId: 'example:replace-me' }, faults: [] });
  expect(exampleFaults('dev', first.values)).toEqual([
    'Parameter komboIntegrationId is still the example: set your own in stages/dev.yml or by --param.',
  ]);
  const { values } = await withFile('dev', `komboIntegrationId: ${integration}\n`);
  expect(values.komboIntegrationId).toBe(integration);
  expect(exampleFaults('dev', values)).toEqual([]);
  await rm(path.join(serviceDir, 'stages/dev.yml'));
});

test('numbers, booleans, the word off, dates and lists become the text that CloudFormation accepts', async () => {
  const { written, faults } = await withFile(
    'typed',
    `komboIntegrationId: ${integration}\nmaxBytes: 5000000\nreserveConcurrency: false\noutcomeBus: off\nsweepSince: 2026-01-31\nalarmEmail:\nallowedTypes: [pdf, docx]\n`,
  );
  expect(faults).toEqual([]);
  expect(written).toEqual({
    komboIntegrationId: integration,
    maxBytes: '5000000',
    reserveConcurrency: 'false',
    outcomeBus: 'off',
    sweepSince: '2026-01-31',
    alarmEmail: '',
    allowedTypes: 'pdf,docx',
  });
});

test("tags of a stage are a mapping, or text in the command line's form", async () => {
  const mapping = await withFile(
    'tagged',
    `komboIntegrationId: ${integration}\ntags: { team: hiring, cost-center: 42 }\n`,
  );
  expect(mapping).toMatchObject({ faults: [], values: { tags: 'team=hiring,cost-center=42' } });
  expect(tagsOf(mapping.values)).toEqual({ team: 'hiring', 'cost-center': '42' });
  expect(tagsOf({ tags: '' })).toEqual({});
  expect(tagsOf({ tags: 'formula=a=b,empty=' })).toEqual({ formula: 'a=b', empty: '' });
});

test('a list or JSON in the file of a stage becomes the text that the option accepts', async () => {
  const { written, faults } = await withFile(
    'structured',
    `komboIntegrationId: ${integration}
keyTemplates:
  - "candidates/{candidate_id}/{filename}"
  - "applications/{application_id}/{filename}"
remoteFields: {"workable":{"on_behalf_of_user_remote_id":"123"}}
tags: { team: }
`,
  );
  expect(faults).toEqual([]);
  expect(written).toMatchObject({
    keyTemplates: 'candidates/{candidate_id}/{filename}|applications/{application_id}/{filename}',
    remoteFields: '{"workable":{"on_behalf_of_user_remote_id":"123"}}',
    tags: 'team=',
  });
});

test.each(['komboIntegrationId=', 'komboIntegrationId'])(
  '%s without a value on the command line is reported in one sentence',
  (pair) => {
    const { faults } = stage('prod', pair);
    expect(faults).toEqual([
      'Parameter komboIntegrationId has no value on the command line: osls does not pass empty values. Leave it out to use its default, or set it to an empty value in the file of the stage.',
    ]);
  },
);

test.each([null, '', '=5'])('--param="%s", which names no parameter, is reported in one sentence', (pair) => {
  const { faults } = readStage({ serviceDir, stage: 'prod', commandLine: [pair], functions: deliveredFunctions });
  expect(faults).toEqual([`--param="${pair ?? ''}" has no parameter name: write --param="name=value".`]);
});

test.each([
  ['maxBytes: 5\nmaxBytes: 6', 'is not valid YAML: Map keys must be unique at line 2, column 1.'],
  [
    'maxBytes: 5\nkeyTemplates: {integration_id}/{candidate_id}/{filename}',
    "is not valid YAML: Unexpected scalar at node end at line 2, column 31. A value that begins with { must be in quotes: keyTemplates: '{integration_id}/{candidate_id}/{filename}'.",
  ],
  ['- a list', 'must contain one line per parameter, for example alarmEmail: on-call@example.com.'],
])(
  'a stage file with "%s" is reported in one sentence, without the options that it does not set',
  async (content, message) => {
    const { faults } = await withFile('broken', content);
    expect(faults).toEqual([`stages/broken.yml ${message}`]);
  },
);

test.each([
  ['tags: { team: { name: hiring } }', 'Parameter tags is "{"team":{"name":"hiring"}}"; it must be '],
  ['vpcSubnetIds: [[subnet-0a1b2c3d]]', 'Parameter vpcSubnetIds is "[["subnet-0a1b2c3d"]]"; it must be '],
])('a value nested deeper than its option allows is refused and shown as JSON: %s', async (content, message) => {
  const { faults } = await withFile('nested', `komboIntegrationId: ${integration}\n${content}\n`);
  expect(faults.join('\n')).toContain(message);
});

test.each(['Prod', 'a-stage-too-long', '1st'])(
  'the name of a stage that is not valid in the name of a bucket is refused (%s)',
  (name) => {
    expect(stage(name, `komboIntegrationId=${integration}`).faults).toEqual([
      `Stage "${name}" cannot be used in names: use at most 15 lower-case letters, digits and hyphens.`,
    ]);
  },
);
