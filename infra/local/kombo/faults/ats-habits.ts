/**
 * How a tool lists the files that it took, and what their links serve. Kombo passes on what the tool shows, and its own
 * examples have no dates; so that is how an integration without habits lists.
 * Names stay within letters, digits and hyphens, so that a candidate id can hold them. The README prints this table.
 */
export const atsHabits = {
  dated: '`remote_created_at` is the time at which the tool took the file, in UTC',
  midnight: 'dated, but with the day only: `T00:00:00.000Z`',
  zoneless: 'dated in local time without a zone, by a tool two hours ahead of UTC',
  'clock-behind': 'dated by a clock that is 20 hours behind',
  renamed: 'the name is the type and a number: `CV_1.pdf`',
  transliterated: 'the name has no accents: `Müller` becomes `Mueller`',
  mojibake: 'the UTF-8 of the name is read as Latin-1: `Müller` becomes `MÃ¼ller`',
  prefixed: 'the name begins with `ATS_`',
  cut: 'the name before its extension is cut to 20 characters',
  numbered: 'the name ends with a number: `CV (1).pdf`, the next `CV.pdf` is `CV (2).pdf`',
  'doubled-extension': 'the name has its extension twice: `CV.pdf.pdf`',
  'percent-encoded': 'the name is percent-encoded: `Frank%20Doe.pdf`',
  retyped: 'every file is listed as OTHER',
  converted: 'the links serve other bytes than were sent, always the same ones for the same file',
  'late-<n>ms': 'a file is listed n ms after it was taken',
  'never-lists': 'what the tool took is never listed',
  'whole-person': 'both listings show all files of the person: those of the candidate and of every linked application',
  'next-cursor': 'the listing has a `next` cursor beside its results, as a paged API has',
  thousand:
    'the listing has 1,000 entries, among them nulls, unknown types and missing fields; the real ones come last',
  'no-link': '`data_url` is null',
  'link-later-<n>ms': '`data_url` is null until n ms after the file was taken',
  'link-redirect': 'the link redirects once',
  'link-403': 'the link answers 403',
  'link-503': 'the link answers 503',
  'link-login': 'the link answers 200 with a login page',
  'link-circle': 'the link redirects to itself',
  'link-endless': 'the bytes come without a length, and never end',
  'link-slow': 'the link sends one byte every five seconds',
  'link-wrong-length': 'the link announces more bytes than it sends, then the connection ends',
  'link-compressed': 'the bytes are compressed with gzip, whatever was asked for',
} as const;

type Form = keyof typeof atsHabits;

/** A form with its number filled in, for example `late-900ms`. */
export type Habit = Exclude<Form, `${string}<n>${string}`> | `late-${number}ms` | `link-later-${number}ms`;

/** Their order does not matter, unless a comment says so. */
export type Habits = readonly Habit[];

/** A type guard for names that a caller wrote. */
export const isHabit = (name: string): name is Habit =>
  /^[a-z\d-]+$/.test(name) && Object.hasOwn(atsHabits, name.replace(/-\d+ms$/, '-<n>ms'));

/** How long a file waits until it is listed, or its link is: 0 without such a habit, the longest of several. */
export const waitMs = (habits: Habits, kind: 'late' | 'link-later'): number =>
  Math.max(0, ...habits.map((habit) => Number(new RegExp(`^${kind}-(\\d+)ms$`).exec(habit)?.[1] ?? 0)));
