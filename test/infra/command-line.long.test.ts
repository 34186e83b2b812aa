import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '../..');
const { scripts }: { scripts: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(path.join(root, 'package.json'), 'utf8'),
);

/** The scripts of package.json that run a program of this repository, as npm runs them. */
const ours = Object.entries(scripts).filter(([, script]) => /^(exec )?node [^&|]+$/.test(script));

const run = (script: string, args: string) => {
  // If a flag is not refused, nothing must be deployed.
  const none = { AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none', AWS_SESSION_TOKEN: '' };
  const env = { ...process.env, ...none, PORT_BASE: '0' };
  const { status, stdout, stderr } = spawnSync(`${script} ${args}`, { cwd: root, shell: true, encoding: 'utf8', env });
  return { status, stdout, stderr };
};

test('package.json has scripts that run a program of this repository', () => {
  expect(ours.map(([name]) => name)).toEqual(expect.arrayContaining(['start', 'invoke', 'build', 'docs', 'kill']));
});

describe.each(ours)('npm run %s', (name, script) => {
  test(`npm run ${name} -- --help prints the usage and does nothing else`, () => {
    const { status, stdout, stderr } = run(script, '--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^(Usage: )?npm (run )?${name}\\b`));
  });

  test(`npm run ${name} names an unknown option and exits with 2`, () => {
    const { status, stdout, stderr } = run(script, '--bogus');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^Unknown option '--bogus'\. See npm run|^Unknown option '--bogus'\.\n\nUsage: npm/);
    expect(stderr).not.toContain('    at ');
  });
});

describe('an invalid value on the command line is named', () => {
  test.each([
    ['build', 'on-uplaod', 'No handler on-uplaod.', 1],
    ['simulate', '--seeds many', '--seeds, --minutes and --from', 2],
    ['fuzz', '--only no-such-one', 'No surface has "no-such-one" in its name. The surfaces are: ', 2],
    ['fuzz', '--minutes 0', '--minutes "0"', 2],
    ['kill', '--kills none', '--kills "none"', 2],
    ['soak', '--cvs 0', '--cvs, --integrations and --seed', 2],
    ['clients', '--rclone no/such/program', '--rclone "no/such/program" does not exist.', 2],
    ['conformance', '--s3 here', '--s3 "here" is not a URL.', 2],
    ['bench', '--repeats 0', '--repeats "0"', 2],
  ])('npm run %s with %s names the invalid value', (name, args, message, code) => {
    const { status, stderr } = run(scripts[name] ?? '', args);
    expect(status).toBe(code);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });
});

describe('a flag that npm consumed because the "--" is missing is refused with the way to write it', () => {
  test.each([
    ['invoke', '--stage prod on-demand', 'npm run invoke -- --stage VALUE'],
    ['invoke', '--stage=prod on-demand', 'npm run invoke -- --stage prod'],
    ['smoke', '--stage=prod', 'npm run smoke -- --stage prod'],
    ['package', '--stage prod', 'npm run package -- --stage VALUE'],
    ['deploy', '--stage=prod', 'npm run deploy -- --stage prod'],
    ['deploy', '--param=maxBytes=1', 'npm run deploy -- --param maxBytes=1'],
  ])('npm run %s %s', (name, args, command) => {
    const { status, stdout, stderr } = run(`npm run --silent ${name}`, args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(new RegExp(`itself\\. Write: ${command}\\b`));
  });
});
