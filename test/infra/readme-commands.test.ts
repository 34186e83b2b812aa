import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseJson } from '../../lib/json.ts';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const docs = readdirSync(path.join(root, 'docs')).filter((file) => file.endsWith('.md'));
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'infra/README.md',
  'infra/local/README.md',
  ...docs.map((file) => `docs/${file}`),
];

/** Blocks of shell, including those in lists. */
const blocksIn = (page: string): readonly string[] =>
  [...page.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(([, block = '']) => block);

const blocks = pages.flatMap((file) => blocksIn(read(file)).map((block) => [file, block] as const));

test('the documentation has blocks of shell', () => {
  expect(blocks.length).toBeGreaterThan(10);
});

test.each(blocks)('bash can parse a block of shell in %s: %s', (_file, block) => {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: block, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('a test that a page names by its title exists exactly once', () => {
  const named = pages.flatMap((file) => [...read(file).matchAll(/vitest run (\S+\.test\.ts) -t "([^"]+)"/g)]);
  expect(named.length).toBeGreaterThan(0);
  for (const [, file = '', title = ''] of named) expect(read(file).split(title), `${file} ${title}`).toHaveLength(2);
});

test('CHROMIUM is documented with the default path of the browser tests', () => {
  const [, byDefault = ''] = /process\.env\.CHROMIUM \?\? '([^']+)'/.exec(read('test/proof/e2e/browser.ts')) ?? [];
  const sentence = `\`CHROMIUM\` names it where it is not \`${byDefault}\``;
  for (const file of ['README.md', 'CONTRIBUTING.md']) expect(read(file)).toContain(sentence);
});

describe('infra/README.md', () => {
  const page = read('infra/README.md');
  const shell = blocksIn(page).join('\n');
  const outputs = Object.keys(parse(read('infra/resources/outputs.yml'), { logLevel: 'silent' }).Outputs);

  test('the commands of infra/README.md use outputs that the stack has', () => {
    const asked = [...shell.matchAll(/\$\(output (\w+)\)/g)].map(([, name = '']) => name);
    expect(asked).toContain('BatchRoleArn');
    expect(asked.filter((name) => !outputs.includes(name))).toEqual([]);
  });

  test('the commands of infra/README.md use only variables that are set there', () => {
    const set = [...shell.matchAll(/(?:^|\s)([A-Z_]+)=/g)].map(([, name = '']) => name);
    const used = [...shell.matchAll(/\$\{?([A-Z][A-Z_]*)/g)].map(([, name = '']) => name);
    expect(used.filter((name) => !set.includes(name))).toEqual([]);
  });

  test('the commands of infra/README.md pass valid JSON to the AWS CLI', () => {
    // "'"$NAME"'" closes the single quotes, inserts a value, and opens them again.
    const filled = shell.replaceAll(/'"(?:\$\(.*?\)|[^"'\n]*\$[^"'\n]*)"'/g, 'value');
    const json = [...filled.matchAll(/ '(\{[^']*\})'/g)].map(([, text = '']) => text);
    expect(json.length).toBeGreaterThan(5);
    expect(json.filter((text) => parseJson(text) === undefined)).toEqual([]);
  });
});
