import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const filesIn = (...paths: readonly string[]): readonly string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...paths], { encoding: 'utf8' }).split(
    '\n',
  );

const tracked = (...folders: readonly string[]): readonly string[] =>
  filesIn(...folders).filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));

/** Type-only imports count, too: a cycle of types is a cycle of ideas. */
const importsOf = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']*)'/g)].map(([, to = '']) =>
    path.join(path.dirname(file), to),
  );

const graphOf = (...folders: readonly string[]): ReadonlyMap<string, readonly string[]> =>
  new Map(tracked(...folders).map((file) => [file, importsOf(file)]));

/** The first import that leads back to a file on the path to it, as "a -> b -> a". */
const cycleIn = (graph: ReadonlyMap<string, readonly string[]>): string | undefined => {
  const finished = new Set<string>();
  const visit = (file: string, way: readonly string[]): string | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file].join(' -> ');
    if (finished.has(file)) return undefined;
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next, [...way, file]);
      if (cycle !== undefined) return cycle;
    }
    finished.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
};

test('the search for import cycles finds one, also through several files', () => {
  expect(
    cycleIn(
      new Map([
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['b']],
      ]),
    ),
  ).toBe('b -> c -> b');
  expect(
    cycleIn(
      new Map([
        ['a', ['b', 'c']],
        ['b', ['c']],
        ['c', []],
      ]),
    ),
  ).toBeUndefined();
});

test.each([['lib'], ['handlers', 'lib'], ['infra', 'handlers', 'lib']])(
  'no file of %s is in an import cycle, types included',
  (...folders) => {
    expect(cycleIn(graphOf(...folders))).toBeUndefined();
  },
);

const floorOf = (file: string): string => file.split('/')[0] ?? '';

test.each([
  ['lib', ['lib']],
  ['handlers', ['handlers', 'lib']],
  ['infra', ['infra', 'handlers', 'lib']],
])('%s imports nothing of ours except from %j', (folder, allowed) => {
  const floors = [...graphOf(folder).values()].flat().map(floorOf);
  expect(floors.filter((floor) => !allowed.includes(floor))).toEqual([]);
});

test('lib/ has at most 24 entries at its root', () => {
  expect(new Set(tracked('lib').map((file) => file.split('/')[1])).size).toBeLessThanOrEqual(24);
});

const linesOf = (file: string): number => readFileSync(file, 'utf8').split('\n').length - 1;
const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

/** Longer files that are tables, one row per code or per number; any other long file is split. */
const longFiles = ['lib/failures/kombo-failures.ts', 'lib/limits.ts'];

test('files of lib/ and handlers/ are short: a median of at most 70 lines, and none over 250 except tables', () => {
  const files = tracked('lib', 'handlers');
  expect(median(files.map(linesOf))).toBeLessThanOrEqual(70);
  expect(files.filter((file) => linesOf(file) > 250)).toEqual(longFiles);
});

const limitFiles = ['lib/limits.ts', 'handlers/limits.ts'];

test('limits.ts holds every number once: no other file of lib/ or handlers/ has one as a constant', () => {
  const numbers = tracked('lib', 'handlers')
    .filter((file) => !limitFiles.includes(file))
    .flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/^(?:export )?const (\w+) = \d/gm)].map(([, name]) => `${file}: ${name}`),
    );
  // The version of a record's format is not a limit.
  expect(numbers).toEqual(['lib/ledger/record-item.ts: layout']);
});

/**
 * Folders whose files do something with a Courier; the types that they share are in files that do nothing themselves.
 */
const useCases = ['lib/delivery', 'lib/read-back', 'lib/runs', 'lib/operator'];
const isUseCase = (file: string): boolean => /^export const \w+ = async /m.test(readFileSync(file, 'utf8'));

test('no file imports a use case only for a type', () => {
  const found = tracked('lib', 'handlers').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^import type \{[^}]*\} from '(\.[^']*)'/gm)]
      .map(([, to = '']) => path.join(path.dirname(file), to))
      .filter((to) => path.dirname(to) !== path.dirname(file) && useCases.includes(path.dirname(to)) && isUseCase(to))
      .map((to) => `${file} -> ${to}`),
  );
  expect(found).toEqual([]);
});

/** Each of these words has one replacement, so that one thing has one name. */
const replacedWords: readonly (readonly [RegExp, string])[] = [
  [/\bmend(?:ed|s)?\b/i, 'fix'],
  [/\b(?:whoever|somebody)\b/i, 'the role: operator, uploader, caller'],
  [/\bvouch(?:es|ed)?\b/i, 'prove, guarantee'],
  [/\bunder way\b/i, 'in progress'],
  [/\bpatience\b/i, 'retry budget'],
  [/\bbreaker\b/i, 'pause'],
  [/\brefus(?:ed|als?) for load\b/i, 'throttled'],
  [/\blets? go\b/i, 'release'],
  [/\bby itself\b/i, 'automatically, alone'],
  [/\bat once\b/i, 'immediately, concurrently'],
  [/\bhears? of\b/i, 'sees, is told'],
];

const wordsIn = (text: string, file: string): readonly string[] =>
  text.split('\n').flatMap((line, at) =>
    replacedWords.flatMap(([word, instead]) => {
      const found = word.exec(line)?.[0];
      return found === undefined ? [] : [`${file}:${at + 1} "${found}": say ${instead}`];
    }),
  );

test('a replaced word is found, and its replacement named', () => {
  expect(wordsIn('A pause.\nIt Mends by itself.', 'page.md')).toEqual([
    'page.md:2 "Mends": say fix',
    'page.md:2 "by itself": say automatically, alone',
  ]);
  expect(wordsIn('Recommended to somebody else.', 'page.md')).toHaveLength(1);
});

test('code, messages, alarms and docs use one word for one thing', () => {
  const folders = ['lib', 'handlers', 'infra', 'docs'];
  const pages = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];
  const texts = filesIn(...folders, ...pages).filter((file) => /\.(?:ts|yml|md|html|css)$/.test(file));
  expect(texts.length).toBeGreaterThan(300);
  expect(texts.flatMap((file) => wordsIn(readFileSync(file, 'utf8'), file))).toEqual([]);
});

/** Decisions about a code are columns of the failure table; a list of codes elsewhere would be a second table. */
test('no file beside the failure table has a list of failure codes', () => {
  const found = tracked('lib', 'handlers')
    .filter((file) => !file.startsWith('lib/failures/'))
    .filter((file) =>
      /(?:\[|new Set\(\[)\s*'[A-Z]+[._][A-Z._]+',\s*'[A-Z]+[._][A-Z._]+'/.test(readFileSync(file, 'utf8')),
    );
  // The first translates verdicts of the malware scan into codes; the second names two variables of the environment.
  expect(found).toEqual(['handlers/events/eventbridge.ts', 'lib/config/config.ts']);
});

/**
 * Messages of other errors, including the AWS SDK's, may quote data: only `describeError` decides what is said of an
 * error.
 */
test('every error that is thrown on purpose is an OwnError, and no message of a caught error is read', () => {
  const found = tracked('lib', 'handlers')
    .filter((file) => file !== 'lib/failures/own-error.ts')
    .flatMap((file) =>
      [
        ...readFileSync(file, 'utf8').matchAll(
          /extends Error\b|new (?:Type|Range)?Error\(|\b(?:error|cause)\.(?:message|stack)\b/g,
        ),
      ].map(([text]) => `${file}: ${text}`),
    );
  // Here `error` is a field of Kombo's answer.
  expect(found.filter((place) => !place.startsWith('lib/kombo/classify-response.ts'))).toEqual([]);
});
