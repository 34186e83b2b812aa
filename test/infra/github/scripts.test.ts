import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../fakes/temporary-folder.ts';

const root = path.join(import.meta.dirname, '../../..');

/** A folder with one script of .ci, and with lines of bash in place of npm. */
const folderWith = async (script: string, npm: string): Promise<string> => {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, 'bin'));
  await cp(path.join(root, '.ci', script), path.join(folder, '.ci', script));
  await writeFile(path.join(folder, 'bin/npm'), `#!/usr/bin/env bash\n${npm}\n`);
  await chmod(path.join(folder, 'bin/npm'), 0o755);
  return folder;
};

const run = (folder: string, script: string, ...args: readonly string[]) => {
  const env = { ...process.env, PATH: `${folder}/bin:${process.env.PATH}` };
  const { status, stdout, stderr } = spawnSync(path.join(folder, '.ci', script), args, { encoding: 'utf8', env });
  return { status, stdout, stderr };
};

describe('.ci/simulate.sh', () => {
  /** What the simulation prints in its first and in its second run. */
  const played = async (first: string, second: string, status = 0) => {
    const folder = await folderWith(
      'simulate.sh',
      `if [ -e again ]; then cat second; else touch again; cat first; fi; exit ${status}`,
    );
    await writeFile(path.join(folder, 'first'), first);
    await writeFile(path.join(folder, 'second'), second);
    const ended = run(folder, 'simulate.sh', '500', '40', 'out');
    return { ...ended, report: await readFile(path.join(folder, 'out/report.md'), 'utf8') };
  };
  const summary = (seconds: number, crashes = 7) => JSON.stringify({ crashes, histories: 40, failures: 0, seconds });

  test('two runs of the simulation that differ only in their duration agree', async () => {
    expect(await played(summary(1.5), summary(2))).toEqual({
      status: 0,
      stdout: '40 seeds from 500, each played twice: no promise was broken, and both runs agree.\n',
      stderr: '',
      report: '',
    });
  });

  test('two runs of the simulation with the same numbers in another order agree', async () => {
    const other = JSON.stringify({ seconds: 3, failures: 0, histories: 40, crashes: 7 });
    expect(await played(summary(1.5), other)).toMatchObject({ status: 0, report: '' });
  });

  test('two runs of the simulation that differ are reported with the command that repeats them', async () => {
    const { status, report } = await played(summary(1.5), summary(1.5, 8));
    expect(status).toBe(1);
    expect(report).toContain('Two runs with the same seeds differ');
    expect(report).toContain('`npm run simulate -- --seeds 40 --from 500 --json`');
    expect(report).toContain('-  "crashes": 7,');
  });

  test('a broken promise of the simulation is reported with the command of each failing seed, once', async () => {
    const histories = '      0.0 s  seed 512: {}\n      1.0 s  lost\n\nseed 537:\nlost twice\n\n';
    const { status, report } = await played(histories + summary(1), histories + summary(1), 1);
    expect(status).toBe(1);
    expect(report.match(/npm run simulate .*/g)).toEqual([
      'npm run simulate -- --seeds 1 --from 512',
      'npm run simulate -- --seeds 1 --from 537',
    ]);
  });

  test.each([
    ['that ends with an error', 'TypeError: x is not a function\n', 2],
    ['without a summary', '', 0],
  ])('a simulation %s is reported as failed', async (_case, output, exitStatus) => {
    const { status, report } = await played(output, output, exitStatus);
    expect(status).toBe(1);
    expect(report).toContain('The simulation itself failed: `npm run simulate -- --seeds 40 --from 500`');
  });

  test.each([[[]], [['1', '40']], [['x', '40', 'out']], [['1', '1', 'out']], [['1', '4;ls', 'out']]])(
    '.ci/simulate.sh refuses the arguments %j',
    async (args) => {
      const ended = run(await folderWith('simulate.sh', 'exit 3'), 'simulate.sh', ...args);
      expect(ended).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('Usage: .ci/simulate.sh') });
    },
  );
});

describe('.ci/release-files.sh', () => {
  const changelog =
    '# Changelog\n\n## Unreleased\n\n- Later.\n\n## 0.2.0, 2026-12-01\n\n- Now.\n\n## 0.2.01\n\n- Other.\n';

  /** npm's list of all packages; what esbuild bundled is in the other files. */
  const sbom = {
    metadata: { component: { 'bom-ref': 'cv-courier@0.2.0', name: 'the-folder' } },
    components: ['@acme/both@1.0.0', 'deep@2.0.0', 'deep@1.0.0', 'for-tests@1.0.0'].map((ref) => ({ 'bom-ref': ref })),
    dependencies: [
      { ref: 'cv-courier@0.2.0', dependsOn: ['@acme/both@1.0.0', 'for-tests@1.0.0'] },
      { ref: '@acme/both@1.0.0', dependsOn: ['deep@2.0.0'] },
      { ref: 'for-tests@1.0.0', dependsOn: ['deep@1.0.0'] },
    ],
  };
  const versions = { '@acme/both': '1.0.0', '@acme/both/node_modules/deep': '2.0.0', deep: '1.0.0' };

  const packaged = async (change: Readonly<Record<string, string>> = {}): Promise<string> => {
    const folder = await folderWith('release-files.sh', 'cat all-packages.json');
    const files = {
      'package.json': '{"name":"cv-courier","version":"0.2.0"}',
      'package-lock.json': JSON.stringify({
        packages: Object.fromEntries(
          Object.entries(versions).map(([name, version]) => [`node_modules/${name}`, { version, dev: true }]),
        ),
      }),
      'all-packages.json': JSON.stringify(sbom),
      'CHANGELOG.md': changelog,
      'dist/on-upload.zip': 'zip',
      'dist/on-upload.meta.json': JSON.stringify({
        inputs: {
          'lib/json.ts': {},
          'node_modules/@acme/both/index.js': {},
          'node_modules/@acme/both/node_modules/deep/dist/index.js': {},
        },
      }),
      'dist/cloudformation/template.json': '{"plain":true}',
      ...change,
    };
    for (const [file, content] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), content);
    }
    return folder;
  };

  test('.ci/release-files.sh collects zips, template and SBOM with matching checksums, and the notes of the version', async () => {
    const folder = await packaged();
    expect(run(folder, 'release-files.sh', 'v0.2.0', 'out/files').status).toBe(0);
    const files = path.join(folder, 'out/files');
    expect((await readdir(files)).sort()).toEqual(['SHA256SUMS', 'on-upload.zip', 'sbom.cdx.json', 'template.json']);
    expect(spawnSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: files }).status).toBe(0);
    expect((await readFile(path.join(files, 'SHA256SUMS'), 'utf8')).trim().split('\n')).toHaveLength(3);
    expect((await readFile(path.join(folder, 'out/notes.md'), 'utf8')).trim()).toBe('- Now.');
  });

  test('the SBOM lists exactly the packages in the zips, including those that a package for tests needs as well', async () => {
    const folder = await packaged();
    run(folder, 'release-files.sh', 'v0.2.0', 'out/files');
    const { metadata, components, dependencies } = JSON.parse(
      await readFile(path.join(folder, 'out/files/sbom.cdx.json'), 'utf8'),
    );
    expect(metadata.component.name).toBe('cv-courier');
    expect(components).toEqual([{ 'bom-ref': '@acme/both@1.0.0' }, { 'bom-ref': 'deep@2.0.0' }]);
    expect(dependencies).toEqual([
      { ref: 'cv-courier@0.2.0', dependsOn: ['@acme/both@1.0.0'] },
      { ref: '@acme/both@1.0.0', dependsOn: ['deep@2.0.0'] },
    ]);
  });

  test('a release whose SBOM would lack a package of the zips is not collected', async () => {
    const folder = await packaged({
      'all-packages.json': JSON.stringify({ ...sbom, components: sbom.components.slice(1) }),
    });
    const { status, stderr } = run(folder, 'release-files.sh', 'v0.2.0', 'out/files');
    expect(status).not.toBe(0);
    expect(stderr).toContain('the SBOM lacks a package that is in the zips');
  });

  test.each([
    ['a tag of another version', 'v0.3.0', {}, 'The tag is v0.3.0, but package.json has version 0.2.0'],
    [
      'a version without changelog',
      'v0.2.0',
      { 'CHANGELOG.md': '## Unreleased\n\n- Now.\n' },
      'CHANGELOG.md has nothing under "## 0.2.0"',
    ],
  ])(
    '.ci/release-files.sh refuses %s with a sentence, before it writes anything',
    async (_case, tag, change, sentence) => {
      const folder = await packaged(change);
      const { status, stderr } = run(folder, 'release-files.sh', tag, 'out/files');
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(sentence) });
      expect(await readdir(folder)).not.toContain('out');
    },
  );
});
