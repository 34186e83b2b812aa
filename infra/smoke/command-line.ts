import type { TargetKind } from '../../lib/upload/target.ts';
import { readFlags, refuseFlagsOfNpm, UsageError } from '../command-line.ts';
import { checkedPlace, checkedRegion, type Place } from '../invoke/place.ts';

export const usage = `Usage: npm run smoke -- --stage NAME | --stack NAME --candidate ID [--integration TOOL:ID] [--region REGION] [--wait SECONDS] [--yes]

Uploads an invented CV to the deployed bucket and follows it until it is attached. It stays attached: Kombo has no undo.

  --stage NAME           the deployed stage
  --stack NAME           the same by stack name, for a stack that was not deployed with osls
  --candidate ID         the candidate to attach it to, by Kombo's id; or --application ID
  --integration TOOL:ID  needed if the keys of the deployment contain the integration ({integration_id})
  --region REGION        where it is deployed; otherwise AWS_REGION, AWS_DEFAULT_REGION, the region of AWS_PROFILE, or serverless.yml's default
  --wait SECONDS         how long to follow it; default 300
  --yes                  upload even if the integration is not Kombo's sandbox, or the check of the deployment fails

Exit code: 0 when it is attached; 1 when it is not, or nothing was uploaded; 2 for a wrong command line.

Example: npm run smoke -- --stage dev --candidate 8Xi6iZrwusZqJmDGXs49GBmJ`;

export interface SmokeOptions {
  readonly place: Place;
  readonly region?: string;
  readonly target: { readonly kind: TargetKind; readonly id: string };
  /** The integration for the key. Without it, the deployment's own is used. */
  readonly integrationId?: string;
  readonly waitMs: number;
  readonly yes: boolean;
}

const options = {
  stage: { type: 'string' },
  stack: { type: 'string' },
  region: { type: 'string' },
  candidate: { type: 'string' },
  application: { type: 'string' },
  integration: { type: 'string' },
  wait: { type: 'string', default: '300' },
  yes: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** @throws {UsageError} one sentence */
export const parseCommandLine = (args: readonly string[], env = process.env): SmokeOptions | 'help' => {
  refuseFlagsOfNpm(
    'smoke',
    Object.keys(options).filter((name) => name !== 'yes' && name !== 'help'),
    env,
  );
  const { values } = readFlags({ args: [...args], options });
  if (values.help) return 'help';
  const { stage, stack, region, candidate, application, integration, wait, yes } = values;
  const place = checkedPlace({ stage, stack }, wrong);
  if (place === undefined) throw wrong('The deployment is missing: give --stage NAME or --stack NAME.');
  const id = candidate ?? application;
  if (id === undefined || (candidate !== undefined && application !== undefined)) {
    throw wrong('Give one of --candidate ID and --application ID.');
  }
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) {
    throw wrong(`"${id}" is not an id: Kombo's ids have 24 letters and digits.`);
  }
  if (integration !== undefined && !/^[A-Za-z0-9_-]{1,64}:[A-Za-z0-9_-]{1,64}$/.test(integration)) {
    throw wrong(`"${integration}" is not an integration id: <tool>:<id>.`);
  }
  if (!/^[1-9]\d{0,3}$/.test(wait)) throw wrong(`--wait must be a number of seconds from 1 to 9999, not "${wait}".`);
  return {
    place,
    ...(region !== undefined && { region: checkedRegion(region, wrong) }),
    target: { kind: candidate === undefined ? 'application' : 'candidate', id },
    ...(integration !== undefined && { integrationId: integration }),
    waitMs: Number(wait) * 1000,
    yes,
  };
};

const wrong = (sentence: string): UsageError => new UsageError(sentence);
