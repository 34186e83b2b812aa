import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '../..');
const pages = globSync(['*.md', 'docs/*.md', 'infra/**/*.md', '.github/**/*.md'], { cwd: root });

const proseOf = (file: string): string => readFileSync(path.join(root, file), 'utf8').replaceAll(/```.*?```/gs, '');

/** The anchors that GitHub generates from headings. */
const anchorsOf = (file: string): ReadonlySet<string> =>
  new Set(
    [...proseOf(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );

const brokenLinks = (page: string): readonly string[] =>
  [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    if (/^https?:/.test(link)) return [];
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? page : path.join(path.dirname(page), file);
    if (!existsSync(path.join(root, target))) return [`${page} links ${link}, which does not exist`];
    const isFound = anchor === undefined || !target.endsWith('.md') || anchorsOf(target).has(anchor);
    return isFound ? [] : [`${page} links ${link}, and the page has no such heading`];
  });

test('every link of the documentation leads to an existing file, and to a heading in it', () => {
  expect(pages.length).toBeGreaterThan(15);
  expect(pages.flatMap(brokenLinks)).toEqual([]);
});

test('the README says on its first screen for whom it is not, and has at most 130 lines', () => {
  const lines = readFileSync(path.join(root, 'README.md'), 'utf8').split('\n');
  expect(lines.length).toBeLessThanOrEqual(130);
  expect(lines.findIndex((line) => line.includes('**Not for you**'))).toBeLessThan(15);
});
