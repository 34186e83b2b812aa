import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { readFlags, runScript } from './command-line.ts';
import { exampleStage, optionsTable } from './docs/options.ts';
import { outcomeExample, outcomeSchemaPage, outcomeTable } from './docs/outcome-event.ts';
import { fillRegions } from './docs/regions.ts';
import { statesPage } from './docs/states.ts';
import { failuresTable, settingsTable, typesTable } from './docs/tables.ts';

const root = path.join(import.meta.dirname, '..');

/** Hand-written pages with regions that are filled from the code. */
const pagesWithRegions = [
  'README.md',
  'CONTRIBUTING.md',
  'infra/README.md',
  'docs/configuration.md',
  'docs/events.md',
  'docs/failures.md',
];

const regions = {
  'failures-nobody': () => failuresTable('nobody'),
  'failures-uploader': () => failuresTable('uploader'),
  'failures-operator': () => failuresTable('operator'),
  'failures-customer': () => failuresTable('customer'),
  types: typesTable,
  settings: settingsTable,
  options: optionsTable,
  'outcome-fields': outcomeTable,
  'outcome-example': outcomeExample,
};

/** Pages that are generated completely. */
const wholePages = {
  'docs/states.md': statesPage,
  'docs/outcome-event.schema.json': outcomeSchemaPage,
  'stages/example.yml': exampleStage,
};

export interface Page {
  /** Relative to the repository. */
  readonly file: string;
  /** Undefined when the file does not exist yet. */
  readonly onDisk: string | undefined;
  readonly generated: string;
}

/** Every page with generated content, as it is on disk and as it should be. */
export const pages = async (): Promise<readonly Page[]> => {
  const read = async (file: string): Promise<string | undefined> =>
    existsSync(path.join(root, file)) ? readFile(path.join(root, file), 'utf8') : undefined;
  const whole = await Promise.all(
    Object.entries(wholePages).map(async ([file, make]) => ({ file, onDisk: await read(file), generated: make() })),
  );
  const filled = await Promise.all(
    pagesWithRegions.map(async (file) => {
      const onDisk = await read(file);
      return onDisk === undefined ? [] : [{ file, onDisk, generated: fillRegions(onDisk, regions) }];
    }),
  );
  return [...whole, ...filled.flat()];
};

/** Writes the outdated pages, and prints one line per page. */
const writePages = async (): Promise<void> => {
  for (const { file, onDisk, generated } of await pages()) {
    const current = onDisk === generated;
    if (!current) {
      await mkdir(path.dirname(path.join(root, file)), { recursive: true });
      await writeFile(path.join(root, file), generated);
    }
    console.log(`${current ? 'unchanged' : 'written  '}  ${file}`);
  }
};

const usage = `Usage: npm run docs

Writes the generated parts of the documentation, and says which files have changed.`;

const main = async (): Promise<void> => {
  const { values } = readFlags({ options: { help: { type: 'boolean', default: false } } });
  return values.help ? console.log(usage) : writePages();
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runScript('docs', main);
