import type { Habit, Habits } from './ats-habits.ts';

interface NamedFile {
  readonly name: string;
  readonly type: string;
  readonly copy: number;
}

const extensionOf = (name: string): string => /\.\w+$/.exec(name)?.[0] ?? '';

const beforeExtension = (name: string, change: (stem: string) => string): string => {
  const extension = extensionOf(name);
  return change(name.slice(0, name.length - extension.length)) + extension;
};

const cutTo = 20;
const germanLetters: Readonly<Record<string, string>> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  Ä: 'Ae',
  Ö: 'Oe',
  Ü: 'Ue',
  ß: 'ss',
};

/** Applied from top to bottom: an ATS cleans up a name, makes it fit and unique, then encodes it. */
const changes: readonly (readonly [Habit, (name: string, file: NamedFile) => string])[] = [
  ['renamed', (name, { type }) => `${type}_1${extensionOf(name)}`],
  [
    'transliterated',
    (name) =>
      name
        .normalize('NFC')
        .replace(/[äöüÄÖÜß]/g, (letter) => germanLetters[letter] ?? letter)
        .normalize('NFD')
        .replace(/\p{M}/gu, ''),
  ],
  ['mojibake', (name) => Buffer.from(name).toString('latin1')],
  ['prefixed', (name) => `ATS_${name}`],
  ['cut', (name) => beforeExtension(name, (stem) => [...stem].slice(0, cutTo).join(''))],
  ['numbered', (name, { copy }) => beforeExtension(name, (stem) => `${stem} (${copy})`)],
  ['doubled-extension', (name) => name + extensionOf(name)],
  ['percent-encoded', (name) => encodeURIComponent(name.toWellFormed())],
];

/** The name under which an ATS with these habits lists a file. */
export const listedName = (file: NamedFile, habits: Habits): string =>
  changes.reduce((name, [habit, change]) => (habits.includes(habit) ? change(name, file) : name), file.name);
