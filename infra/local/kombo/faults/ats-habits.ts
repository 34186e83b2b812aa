/**
 * Habits describe how an ATS lists the files that it received, and what the links serve. Kombo passes on what the ATS
 * shows. Without habits, entries have no dates, as in Kombo's own examples. Names contain only letters, digits and
 * hyphens, so that a candidate id can contain them. The README shows this table.
 */
export const atsHabits = {
  dated: '`remote_created_at` is the time at which the ATS received the file, in UTC',
  midnight: 'dated, but with the day only: `T00:00:00.000Z`',
  zoneless: 'dated in local time without a zone, by an ATS two hours ahead of UTC',
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
  converted: 'the links serve bytes other than those sent, but always the same for the same file',
  'late-<n>ms': 'a file is listed n ms after it was received',
  'never-lists': 'files received from the courier are never listed',
  'whole-person': 'both listings show all files of the person: those of the candidate and of every linked application',
  'next-cursor': 'the listing has a `next` cursor beside its results, as a paged API has',
  thousand:
    'the listing has 1,000 entries, among them nulls, unknown types and missing fields; the real ones come last',
  'no-link': '`data_url` is null',
  'link-later-<n>ms': '`data_url` is null until n ms after the file was received',
  'link-redirect': 'the link redirects once',
  'link-403': 'the link answers 403',
  'link-503': 'the link answers 503',
  'link-login': 'the link answers 200 with a login page',
  'link-circle': 'the link redirects to itself',
  'link-endless': 'the response has no length and never ends',
  'link-slow': 'the link sends one byte every five seconds',
  'link-wrong-length': 'the link declares more bytes than it sends, then the connection ends',
  'link-compressed': 'the bytes are compressed with gzip even when the request does not accept it',
} as const;

type Form = keyof typeof atsHabits;

/** A form with its number filled in, for example `late-900ms`. */
export type Habit = Exclude<Form, `${string}<n>${string}`> | `late-${number}ms` | `link-later-${number}ms`;

/** The order does not matter unless a comment says so. */
export type Habits = readonly Habit[];

/** Whether a name given by a caller is a habit. */
export const isHabit = (name: string): name is Habit =>
  /^[a-z\d-]+$/.test(name) && Object.hasOwn(atsHabits, name.replace(/-\d+ms$/, '-<n>ms'));

/** How long a file or its link stays unlisted: 0 without such a habit, the longest of several. */
export const waitMs = (habits: Habits, kind: 'late' | 'link-later'): number =>
  Math.max(0, ...habits.map((habit) => Number(new RegExp(`^${kind}-(\\d+)ms$`).exec(habit)?.[1] ?? 0)));
