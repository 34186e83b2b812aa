import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { temporaryFolder } from '../../fakes/temporary-folder.ts';
import { pinsIn, workflowFaults } from './workflow-faults.ts';

const root = path.join(import.meta.dirname, '../../..');
const folder = path.join(root, '.github/workflows');
const workflows = readdirSync(folder).map((file) => [file, readFileSync(path.join(folder, file), 'utf8')] as const);
const sourceOf = (file: string): string => workflows.find(([name]) => name === file)?.[1] ?? '';

test.each(workflows)('%s follows the rules for workflows', (_file, source) => {
  expect(workflowFaults(source)).toEqual([]);
});

test('docs/github-actions.md has a row for each workflow', () => {
  const page = readFileSync(path.join(root, 'docs/github-actions.md'), 'utf8');
  expect(workflows.filter(([file]) => !page.includes(`| \`${file}\` |`)).map(([file]) => file)).toEqual([]);
});

test('an action is pinned to the same commit in all workflows', () => {
  const commits = new Map<string, Set<string>>();
  for (const [action, commit] of workflows.flatMap(([, source]) => pinsIn(source))) {
    commits.set(action, (commits.get(action) ?? new Set()).add(commit));
  }
  expect(commits.size).toBeGreaterThan(3);
  expect([...commits].filter(([, of]) => of.size > 1)).toEqual([]);
});

test('only the job that publishes a release may write to the repository, and it checks nothing out', () => {
  const writers = workflows.flatMap(([file, source]) => {
    const { jobs } = parse(source) as { jobs: Record<string, { permissions: Record<string, string> }> };
    return Object.entries(jobs).flatMap(([name, { permissions }]) =>
      Object.entries(permissions).flatMap(([right, level]) => (level === 'write' ? [`${file} ${name}: ${right}`] : [])),
    );
  });
  expect(writers.sort()).toEqual([
    'deploy.yml deploy: id-token',
    'release.yml publish: attestations',
    'release.yml publish: contents',
    'release.yml publish: id-token',
    'simulate.yml report: issues',
  ]);
  const publish = sourceOf('release.yml').slice(sourceOf('release.yml').indexOf('  publish:'));
  expect(publish).not.toMatch(/checkout|npm|\.ci/);
});

test('a pull request and a push are checked by the script that a developer runs', () => {
  expect(sourceOf('ci.yml')).toMatch(/^ {8}run: \.ci\/run$/m);
  expect(sourceOf('release.yml')).toMatch(/^ {8}run: \.ci\/run$/m);
});

test('the example of a deployment writes the settings of the stage from a variable, so that no tracked file contains them', async () => {
  const { jobs } = parse(sourceOf('deploy.yml')) as {
    jobs: { deploy: { steps: readonly { name?: string; run?: string }[] } };
  };
  const script = jobs.deploy.steps.find(({ name }) => name === 'Settings of the stage')?.run ?? 'exit 1';
  const cwd = await temporaryFolder();
  await mkdir(path.join(cwd, 'stages'));
  const SETTINGS = 'komboIntegrationId: greenhouse:8d1hpPsbjxUkoCoa1veLZGe5\nremoteFields: {"workable":{"a":"$HOME"}}';
  const { status } = spawnSync('bash', ['-euc', script], { cwd, env: { ...process.env, STAGE: 'prod', SETTINGS } });
  expect(status).toBe(0);
  expect(readFileSync(path.join(cwd, 'stages/prod.yml'), 'utf8')).toBe(`${SETTINGS}\n`);
  const documented = readFileSync(path.join(root, 'docs/github-actions.md'), 'utf8');
  const variables = [...sourceOf('deploy.yml').matchAll(/vars\.(\w+)/g)].map(([, name = '']) => name);
  expect(variables.filter((name) => !documented.includes(`| \`${name}\` |`))).toEqual([]);
});

test('the scripts of .ci are executable', () => {
  const files = readdirSync(path.join(root, '.ci')).filter((file) => file === 'run' || file.endsWith('.sh'));
  expect(files.filter((file) => (statSync(path.join(root, '.ci', file)).mode & 0o111) === 0)).toEqual([]);
});

describe('a workflow breaks the rules for workflows', () => {
  test.each<readonly [string, string | RegExp, string, string]>([
    ['that is not YAML', /$/, '\n  - [', 'It is not YAML: '],
    ['with a tag for a commit', /@\w{40}/, '@v6', 'is not pinned to a whole commit'],
    ['with a commit that has no version', / # v6\.0\.2/, '', 'is not pinned to a whole commit'],
    ['with rights for all jobs', 'permissions: {}', 'permissions: write-all', 'must be {}'],
    [
      'with a job that names no rights',
      '    permissions:\n      contents: read\n',
      '',
      'run: it names no permissions.',
    ],
    ['without a timeout', / +timeout-minutes: .*\n/, '', 'run: it has no timeout-minutes.'],
    ['without a concurrency group', 'concurrency:', 'other:', 'no concurrency group'],
    ['whose checkout keeps its token', 'persist-credentials: false', 'fetch-depth: 1', 'checkout leaves'],
    ['on a runner without a version', 'ubuntu-24.04', 'ubuntu-latest', 'runs-on must name'],
    ['for pull requests of outsiders', 'pull_request:', 'pull_request_target:', 'to an outsider'],
    ['that needs a job that does not exist', '    permissions:', '    needs: other\n    permissions:', 'needs other'],
    ['with a script that bash cannot read', 'run: .ci/run', 'run: if true; then', 'bash cannot read'],
    ['with a file that does not exist', 'run: .ci/run', 'run: .ci/walk', 'there is no file .ci/walk'],
    ['with an npm script that does not exist', 'run: .ci/run', 'run: npm run prove', 'no script prove'],
    [
      'with the title of a pull request in a script',
      'run: .ci/run',
      'run: echo "${{ github.event.pull_request.title }}"',
      'an expression is pasted into a script',
    ],
    [
      'with a field that an outsider chooses',
      'ci-${{ github.ref }}',
      'ci-${{ github.head_ref }}',
      '"github.head_ref" is not among the fields',
    ],
    ['with a secret', 'github.ref', 'secrets.TOKEN', '"secrets.TOKEN" is in no context'],
    ['with a misspelt condition', '      - name:', '      - if: falure()\n        name:', '"falure" is in'],
  ])('a workflow %s breaks the rules', (_case, found, replacement, fault) => {
    const changed = sourceOf('ci.yml').replace(found, replacement);
    expect(changed).not.toBe(sourceOf('ci.yml'));
    expect(workflowFaults(changed).join('\n')).toContain(fault);
  });
});
