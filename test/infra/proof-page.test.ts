import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** Each file that a row of the table names, with the titles after it. */
const named = [...read('docs/proof.md').matchAll(/`(test\/[\w/.-]+\.test\.ts)`(?:: "([^"]+)")?/g)].map(
  ([, file = '', title]) => ({ file, title }),
);

test('docs/proof.md names tests that exist, by titles that they have', () => {
  expect(named.filter(({ title }) => title !== undefined).length).toBeGreaterThan(7);
  for (const { file, title } of named)
    if (title !== undefined) expect({ file, text: read(file) }).toMatchObject({ text: expect.stringContaining(title) });
});

test('docs/proof.md has a row for each promise of the README', () => {
  const promises = [...read('README.md').matchAll(/^\d\. \*\*(.+?)\*\*/gm)].map(([, promise = '']) => promise);
  expect(promises).toHaveLength(3);
  const page = read('docs/proof.md');
  for (const promise of promises) expect(page).toContain(promise);
});
