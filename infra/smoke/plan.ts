import * as v from 'valibot';
import { type KeyTemplate, matchKey, parseKeyTemplates } from '../../lib/key-template/match-key.ts';
import { ok, type Result } from '../../lib/result.ts';
import { isSandboxIntegration } from '../../lib/upload/kombo-id.ts';
import { type Target, targetIdName } from '../../lib/upload/target.ts';
import { templateFor, uploadKey } from '../local/console/server/upload-key.ts';
import type { SmokeOptions } from './command-line.ts';

/** The parts of the answer to `{"action":"check"}` that are read here. */
export const checkAnswer = v.object({
  ok: v.boolean(),
  message: v.string(),
  checks: v.array(v.object({ what: v.string(), state: v.string(), found: v.string(), todo: v.optional(v.string()) })),
  deployment: v.object({
    bucket: v.string(),
    keyTemplates: v.array(v.string()),
    integrationId: v.optional(v.string()),
    requireScan: v.boolean(),
    sweepEveryMinutes: v.number(),
  }),
});
export type CheckAnswer = v.InferOutput<typeof checkAnswer>;

export interface Plan {
  readonly target: Target;
  readonly key: string;
  readonly filename: string;
}

const refuse = (error: string): { readonly ok: false; readonly error: string } => ({ ok: false, error });

/** Chooses the sample's key: a new one in each run, because the same bytes under the same key are the same CV. */
export const planUpload = (
  { target, integrationId }: Pick<SmokeOptions, 'target' | 'integrationId'>,
  { deployment }: Pick<CheckAnswer, 'deployment'>,
  now: Date,
): Result<Plan, string> => {
  const parsed = parseKeyTemplates(deployment.keyTemplates.join('|'));
  if (!parsed.ok) return refuse(`The key templates of the deployment cannot be parsed: ${parsed.error.join(' ')}`);
  const template = templateFor(parsed.value, target.kind);
  if (!template)
    return refuse(
      `The key templates of the deployment have no {${targetIdName(target.kind)}}: ${templatesOf(deployment)}.`,
    );
  const named = integrationNamed(template, integrationId, deployment.integrationId);
  if (!named.ok) return named;
  const filename = `cv-courier-smoke-test-${now.toISOString().replaceAll(/[:.]/g, '-')}.pdf`;
  const key = uploadKey(parsed.value, { ...target, filename, integrationId: named.value });
  if (!key.ok) return key;
  // An earlier template may read the same key differently.
  const match = matchKey(parsed.value, key.value, named.value);
  if (!match.ok || match.value.target.id !== target.id || match.value.target.kind !== target.kind) {
    return refuse(`The key templates ${templatesOf(deployment)} allow no key for this ${target.kind}.`);
  }
  return ok({ target: match.value.target, key: key.value, filename });
};

const templatesOf = ({ keyTemplates }: CheckAnswer['deployment']): string =>
  keyTemplates.map((text) => `"${text}"`).join(', ');

const integrationNamed = (
  { text, segments }: KeyTemplate,
  given: string | undefined,
  setting: string | undefined,
): Result<string, string> => {
  const isInKey = segments.some((segment) => segment.kind === 'placeholder' && segment.name === 'integration_id');
  if (isInKey) {
    return given === undefined
      ? refuse(`The keys of this deployment contain the integration ("${text}"): give it with --integration TOOL:ID.`)
      : ok(given);
  }
  if (given !== undefined && given !== setting) {
    return refuse(
      `The keys of this deployment contain no integration ("${text}"), so files go to ${setting}: leave --integration out.`,
    );
  }
  // The deployed configuration is not valid without it.
  return ok(setting ?? '');
};

/** Reasons why an operator must confirm first; empty when there are none. */
export const doubts = (plan: Plan, check: CheckAnswer): readonly string[] => [
  ...(isSandboxIntegration(plan.target.integrationId)
    ? []
    : [
        `${plan.target.integrationId} is not Kombo's sandbox (whose ids start with "sandbox:"), so a real ${plan.target.kind} would get the file.`,
      ]),
  ...(check.ok ? [] : [`The check found a problem, so the file may not arrive. ${wrongLines(check)}`]),
];

const wrongLines = ({ checks }: CheckAnswer): string =>
  checks
    .filter(({ state }) => state === 'wrong')
    .map(({ what, found, todo }) => `${what}: ${found}${todo === undefined ? '' : ` ${todo}`}`)
    .join(' ');
