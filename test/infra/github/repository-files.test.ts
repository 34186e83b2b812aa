import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const root = path.join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

test('.editorconfig agrees with the format of Biome', () => {
  const { formatter } = JSON.parse(read('biome.json'));
  const [, everywhere = ''] = /\[\*\]\n([\s\S]*?)\n\n/.exec(read('.editorconfig')) ?? [];
  expect(everywhere.split('\n')).toEqual(
    expect.arrayContaining([
      `indent_style = ${formatter.indentStyle}`,
      `indent_size = ${formatter.indentWidth}`,
      `max_line_length = ${formatter.lineWidth}`,
    ]),
  );
});

test('version managers, npm and the functions run on the same major version of Node', () => {
  const [major] = JSON.parse(read('package.json')).devDependencies.node.split('.');
  expect(read('.nvmrc').trim()).toBe(major);
  expect(parse(read('serverless.yml'), { logLevel: 'silent' }).provider.runtime).toBe(`nodejs${major}.x`);
});

test('updates of packages and of actions wait for a week, and new majors of packages for a month', () => {
  const { version, updates } = parse(read('.github/dependabot.yml'));
  expect(version).toBe(2);
  expect(updates.map((update: Record<string, unknown>) => [update['package-ecosystem'], update.cooldown])).toEqual([
    ['npm', { 'default-days': 7, 'semver-major-days': 30 }],
    // Dependabot supports no other cooldown for actions.
    ['github-actions', { 'default-days': 7 }],
  ]);
});

const folder = '.github/ISSUE_TEMPLATE';
const forms = readdirSync(path.join(root, folder)).filter((file) => file !== 'config.yml');

test.each(forms)('the issue form %s has a name, a description, and an id for each question', (file) => {
  const { name, description, body } = parse(read(path.join(folder, file)));
  expect([name, description]).toEqual([expect.any(String), expect.any(String)]);
  const questions = body.filter(({ type }: { type: string }) => type !== 'markdown');
  expect(questions.length).toBeGreaterThan(0);
  for (const { type, id, attributes } of questions) {
    expect(['textarea', 'input', 'dropdown', 'checkboxes']).toContain(type);
    expect({ id, label: attributes.label }).toEqual({
      id: expect.stringMatching(/^[a-z]+$/),
      label: expect.any(String),
    });
    if (type === 'dropdown') expect(attributes.options.length).toBeGreaterThan(1);
  }
  expect(new Set(questions.map(({ id }: { id: string }) => id)).size).toBe(questions.length);
});

test('the issue form for faults asks reporters to leave out real CVs', () => {
  expect(read(`${folder}/fault.yml`)).toContain('No real CV, name, key or API key');
});
