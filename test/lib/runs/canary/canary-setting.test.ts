import { expect, test } from 'vitest';
import { canaryFault } from '../../../../lib/runs/canary/canary-setting.ts';
import { settingsWith } from '../../../fakes/settings.ts';

const named = 'canary/{integration_id}/{candidate_id}/{filename}';
const key = 'canary/sandbox:8d1hpPsbjxUkoCoa1veLZGe5/GRK1/canary.pdf';

const problemOf = (keyTemplates: string, its = key, env: Readonly<Record<string, string>> = {}): string | undefined =>
  canaryFault(its, settingsWith({ KEY_TEMPLATES: keyTemplates, ...env }))?.problem;

test('a canary may be sent when its key names the sandbox, whatever the integration of the stack', () => {
  expect(problemOf(named)).toBeUndefined();
  expect(problemOf(`candidates/{candidate_id}/{filename}|${named}`)).toBeUndefined();
});

test.each([
  ['a key that matches no template', 'candidates/{candidate_id}/{filename}', key, /matches no key template/],
  [
    "a key that names a customer's integration",
    named,
    key.replace('sandbox:', 'greenhouse:'),
    /does not name an integration of Kombo's sandbox/,
  ],
  [
    'an integration whose tool only starts with "sandbox"',
    named,
    key.replace('sandbox:', 'sandboxed:'),
    /does not name an integration of Kombo's sandbox/,
  ],
  [
    'a template that does not read the integration from the key',
    'canary/{any}/{candidate_id}/{filename}',
    key,
    /does not name an integration of Kombo's sandbox/,
  ],
])('a canary is never sent under %s', (_case, keyTemplates, its, problem) => {
  expect(problemOf(keyTemplates, its)).toMatch(problem);
});

test("the integration of the stack does not make a canary's key safe, even while it is the sandbox", () => {
  const stack = { KOMBO_INTEGRATION_ID: 'sandbox:8d1hpPsbjxUkoCoa1veLZGe5' };
  expect(problemOf('candidates/{candidate_id}/{filename}', 'candidates/GRK1/canary.pdf', stack)).toMatch(
    /does not name an integration of Kombo's sandbox/,
  );
});

test.each([
  [
    'its key matches no template',
    'candidates/{candidate_id}/{filename}',
    {},
    'Add canary/{integration_id}/{candidate_id}/{filename} to the key templates, or correct the key.',
  ],
  [
    'its key does not name the sandbox',
    'canary/{any}/{candidate_id}/{filename}',
    {},
    'Make canary/{integration_id}/{candidate_id}/{filename} the first key template, and name the sandbox integration in the key.',
  ],
  ['PDF is not an allowed type', named, { ALLOWED_TYPES: 'docx' }, 'Add pdf to the allowed types.'],
])('a canary that may not be put says what to do: %s', (_, keyTemplates, env, fix) => {
  expect(canaryFault(key, settingsWith({ KEY_TEMPLATES: keyTemplates, ...env }))).toMatchObject({ fix });
});

test('a canary of a type that is not allowed is not put', () => {
  expect(problemOf(named, key, { ALLOWED_TYPES: 'docx' })).toBe('names a PDF file, which is not an allowed type');
});
