import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { fillRegions } from '../../infra/docs/regions.ts';
import { failuresTable, settingsTable, typesTable } from '../../infra/docs/tables.ts';
import { pages } from '../../infra/docs.ts';
import { settings } from '../../lib/config/settings.ts';
import { everyFailure } from '../../lib/failures/failures.ts';

const actors = ['nobody', 'uploader', 'operator', 'customer'] as const;

describe('the generated pages', () => {
  test('the generated pages include states, failures and configuration', async () => {
    const files = ['docs/states.md', 'docs/failures.md', 'docs/configuration.md'];
    expect((await pages()).map(({ file }) => file)).toEqual(expect.arrayContaining(files));
  });

  test('every generated page on disk is up to date (if not: npm run docs)', async () => {
    for (const { file, onDisk, generated } of await pages()) {
      expect({ file, text: onDisk }).toEqual({ file, text: generated });
    }
  });
});

describe('the tables', () => {
  test('the tables of failures have a row for each code', () => {
    const rows = actors.flatMap((actor) => failuresTable(actor).split('\n').slice(2));
    expect(rows).toHaveLength(Object.keys(everyFailure).length);
  });

  test.each([() => failuresTable('operator'), settingsTable, typesTable])(
    'each row of a generated table has as many columns as its header, whatever is in its cells (%o)',
    (make) => {
      const [header = '', ...rows] = make().split('\n');
      const columnsOf = (row: string): number => row.split(/(?<!\\)\|/).length;
      for (const row of rows) expect(columnsOf(row)).toBe(columnsOf(header));
    },
  );

  test('the generated tables show angle brackets as text, and leave code unchanged', () => {
    expect(settingsTable()).toContain('`<tool>:<id>`');
    expect(actors.map(failuresTable).join('') + settingsTable().replaceAll(/`[^`]*`/g, '')).not.toMatch(/<[a-z]/);
  });
});

describe('marked regions', () => {
  const regions = { failures: () => 'NEW', settings: () => 'OTHER' };

  test('marked regions are filled by name, and the rest of the page is unchanged', () => {
    const filled = (one: string, other: string) =>
      `Before\n<!-- failures:start -->\n${one}\n<!-- failures:end -->\nAfter $1 $& <!-- a comment -->\n` +
      `<!-- settings:start -->\n${other}\n<!-- settings:end -->`;
    expect(fillRegions(filled('old\nold', ''), regions)).toBe(filled('NEW', 'OTHER'));
  });

  test.each([
    ['<!-- mood:start --><!-- mood:end -->', 'There is no region "mood"; the regions are failures, settings.'],
    ['<!-- failures:start --> and no more', 'The region "failures" has no end.'],
    ['nothing <!-- failures:end -->', 'The region "failures" ends without a start.'],
  ])('a page with invalid markers of a region is refused: %s', (page, message) => {
    expect(() => fillRegions(page, regions)).toThrow(message);
  });
});

test('a parameter is the camel case of its variable, and docs/configuration.md names every variable without a parameter', async () => {
  const page = await readFile(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  const intro = page.split('<!-- settings:start -->')[0]?.split('## Settings')[1] ?? '';
  for (const { name, setBy } of Object.values(settings)) {
    const camelCase = name.toLowerCase().replaceAll(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
    if (typeof setBy === 'object') expect(setBy.parameter).toBe(camelCase);
    else expect(intro).toContain(`\`${name}\``);
  }
});
