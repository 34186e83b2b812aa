import { beforeEach, expect, test } from 'vitest';
import { greenhouseIntegrationId } from '../../../../../infra/local/kombo/emulator.ts';
import { atsHabits, type Habit, isHabit } from '../../../../../infra/local/kombo/faults/ats-habits.ts';
import { list, pdf, post, resultsOf } from '../../../../fakes/emulator-caller.ts';
import { testEmulator } from '../../../../fakes/test-emulator.ts';

/** Each habit over HTTP: what a listing shows of a file that was stored at nine. */

const nine = Date.UTC(2026, 0, 5, 9);
let nowMs = nine;
const emulator = await testEmulator({ clock: () => nowMs });
beforeEach(() => {
  nowMs = nine;
});

const name = 'Lebenslauf Jürgen Großmann.pdf';
const attach = (candidateId = 'Frank1') => post(emulator, candidateId, { body: { attachment: { ...pdf, name } } });
const listedWith = async (habits: readonly Habit[], candidateId = 'Frank1') => {
  emulator.integrations.change(greenhouseIntegrationId, { habits });
  return resultsOf(await list(emulator, candidateId));
};

test('without a habit a file is listed as it was sent, without a date', async () => {
  await attach();

  expect(await listedWith([])).toMatchObject([
    { file_name: name, type: 'CV', content_type: 'application/pdf', remote_created_at: null, remote_updated_at: null },
  ]);
});

test.each<[Habit, string]>([
  ['renamed', 'CV_1.pdf'],
  ['numbered', 'Lebenslauf Jürgen Großmann (1).pdf'],
  ['cut', 'Lebenslauf Jürgen Gr.pdf'],
  ['doubled-extension', 'Lebenslauf Jürgen Großmann.pdf.pdf'],
  ['percent-encoded', 'Lebenslauf%20J%C3%BCrgen%20Gro%C3%9Fmann.pdf'],
  ['mojibake', 'Lebenslauf J\u00c3\u00bcrgen Gro\u00c3\u009fmann.pdf'],
  ['transliterated', 'Lebenslauf Juergen Grossmann.pdf'],
  ['prefixed', 'ATS_Lebenslauf Jürgen Großmann.pdf'],
])('%s: the file is listed with the name %s, otherwise as it was sent', async (habit, file_name) => {
  await attach();

  expect(await listedWith([habit])).toMatchObject([{ file_name, type: 'CV', remote_created_at: null }]);
});

test.each<[Habit, string]>([
  ['dated', '2026-01-05T09:00:00.000Z'],
  ['midnight', '2026-01-05T00:00:00.000Z'],
  ['zoneless', '2026-01-05T11:00:00'],
  ['clock-behind', '2026-01-04T13:00:00.000Z'],
])('%s: a file stored at nine is listed with %s, also an hour later', async (habit, date) => {
  await attach();
  nowMs += 3_600_000;

  expect(await listedWith([habit])).toMatchObject([
    { file_name: name, remote_created_at: date, remote_updated_at: date },
  ]);
});

test('retyped: a CV is listed as OTHER, with its content type', async () => {
  await attach();

  expect(await listedWith(['retyped'])).toMatchObject([{ type: 'OTHER', content_type: 'application/pdf' }]);
});

test('numbered: the second file of a name gets the second number, late or not', async () => {
  await attach();
  await post(emulator, 'Frank1');
  nowMs += 1000;
  await attach();

  const names = async () => (await listedWith(['numbered', 'late-500ms'])).map(({ file_name }) => file_name);
  const first = ['Lebenslauf Jürgen Großmann (1).pdf', 'Frank Doe CV (1).pdf'];
  expect(await names()).toEqual(first);
  nowMs += 500;
  expect(await names()).toEqual([...first, 'Lebenslauf Jürgen Großmann (2).pdf']);
});

test('no-link: an entry has no link; link-later: it has one after a while', async () => {
  await attach();

  expect(await listedWith(['no-link'])).toMatchObject([{ data_url: null }]);
  nowMs += 99;
  expect(await listedWith(['link-later-100ms'])).toMatchObject([{ data_url: null }]);
  nowMs += 1;
  expect(await listedWith(['link-later-100ms'])).toMatchObject([{ data_url: expect.any(String) }]);
});

test('several habits combine: names, type and date change in any order of the habits', async () => {
  await attach();
  const together: readonly Habit[] = [
    'numbered',
    'cut',
    'transliterated',
    'prefixed',
    'retyped',
    'midnight',
    'zoneless',
  ];
  const expected = [
    { file_name: 'ATS_Lebenslauf Juerg (1).pdf', type: 'OTHER', remote_created_at: '2026-01-05T00:00:00' },
  ];

  expect(await listedWith(together)).toMatchObject(expected);
  expect(await listedWith(together.toReversed())).toMatchObject(expected);
});

test('the habits of a candidate id are added to those of the integration', async () => {
  const id = 'fault-renamed_and_midnight_as_jane';
  await attach(id);

  expect(await listedWith(['retyped', 'dated'], id)).toMatchObject([
    { file_name: 'CV_1.pdf', type: 'OTHER', remote_created_at: '2026-01-05T00:00:00.000Z' },
  ]);
});

test('a candidate id can ask for every habit', () => {
  for (const form of Object.keys(atsHabits)) {
    const habit = form.replace('<n>', '900');
    expect([habit, isHabit(habit), /^[a-z\d-]{1,57}$/.test(habit)]).toEqual([habit, true, true]);
  }
  for (const name of ['late-<n>ms', 'late', 'late-ms', 'toString', 'Dated', '']) expect(isHabit(name)).toBe(false);
});
