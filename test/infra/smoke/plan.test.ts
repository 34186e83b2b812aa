import { expect, test } from 'vitest';
import { type CheckAnswer, doubts, planUpload } from '../../../infra/smoke/plan.ts';

const setting = 'greenhouse:CBNMt7dSNCzBdnRTx87dev4E';
const other = 'sandbox:8d1hpPsbjxUkoCoa1veLZGe5';
const candidate = { kind: 'candidate', id: 'GRK123' } as const;
const application = { kind: 'application', id: 'GRK456' } as const;
const now = new Date('2026-11-30T09:15:00.250Z');
const filename = 'cv-courier-smoke-test-2026-11-30T09-15-00-250Z.pdf';

const checkOf = (keyTemplates: string, integrationId: string | undefined = setting): CheckAnswer => ({
  ok: true,
  message: 'Everything that could be tested works.',
  checks: [],
  deployment: {
    bucket: 'cv-inbox',
    keyTemplates: keyTemplates.split('|'),
    ...(integrationId !== undefined && { integrationId }),
    requireScan: false,
    sweepEveryMinutes: 60,
  },
});

const keyOf = (keyTemplates: string, target: typeof candidate | typeof application, integrationId?: string): string => {
  const plan = planUpload(
    { target, ...(integrationId !== undefined && { integrationId }) },
    checkOf(keyTemplates),
    now,
  );
  return plan.ok ? `${plan.value.key} ${plan.value.target.integrationId}` : plan.error;
};

test.each([
  ['candidates/{candidate_id}/{filename}', candidate, undefined, `candidates/GRK123/${filename} ${setting}`],
  ['candidates/{candidate_id}/{filename}', candidate, setting, `candidates/GRK123/${filename} ${setting}`],
  [
    'candidates/{candidate_id}/{filename}|applications/{application_id}/{type}/{filename}',
    application,
    undefined,
    `applications/GRK456/cv/${filename} ${setting}`,
  ],
  ['{integration_id}/{candidate_id}/{filename}', candidate, other, `${other}/GRK123/${filename} ${other}`],
])('the key of the smoke test follows from the template %s for %j', (templates, target, integrationId, expected) => {
  expect(keyOf(templates, target, integrationId)).toBe(expected);
});

test.each([
  [
    'a kind of target without a template',
    'candidates/{candidate_id}/{filename}',
    application,
    undefined,
    'The key templates of the deployment have no {application_id}: "candidates/{candidate_id}/{filename}".',
  ],
  [
    'a template with the integration, but without a given one,',
    '{integration_id}/{candidate_id}/{filename}',
    candidate,
    undefined,
    'The keys of this deployment contain the integration ("{integration_id}/{candidate_id}/{filename}"): give it with --integration TOOL:ID.',
  ],
  [
    'an integration other than that of the deployment',
    'candidates/{candidate_id}/{filename}',
    candidate,
    other,
    `The keys of this deployment contain no integration ("candidates/{candidate_id}/{filename}"), so files go to ${setting}: leave --integration out.`,
  ],
])('a smoke test with %s is refused with a sentence', (_case, templates, target, integrationId, sentence) => {
  expect(keyOf(templates, target, integrationId)).toBe(sentence);
});

test('two smoke tests at different times have different keys', () => {
  const keys = [now, new Date(now.getTime() + 1)].map((moment) => {
    const plan = planUpload({ target: candidate }, checkOf('{candidate_id}/{filename}'), moment);
    return plan.ok ? plan.value.key : plan.error;
  });
  expect(new Set(keys).size).toBe(2);
});

test.each([
  [other, 0],
  [setting, 1],
  ['sandboxed:8d1hpPsbjxUkoCoa1veLZGe5', 1],
  ['greenhouse:sandbox', 1],
])('a smoke test of the integration %s needs %i confirmations of the operator', (integrationId, expected) => {
  const check = checkOf('candidates/{candidate_id}/{filename}', integrationId);
  const plan = planUpload({ target: candidate }, check, now);
  expect(plan.ok && doubts(plan.value, check)).toHaveLength(expected);
});
