import * as v from 'valibot';
import type { Settings } from '../../../lib/config/config.ts';
import { minuteMs } from '../../../lib/limits.ts';
import { type CheckLine, check as runCheck } from '../../../lib/operator/check/check.ts';
import { action } from '../action.ts';
import { count } from '../answer/answer.ts';
import { fields } from '../fields.ts';

const namesOf = (lines: readonly CheckLine[]): string => lines.map(({ what }) => what).join(', ');

/** What users must know about a deployment to upload to it. None of it is secret or personal data. */
const deploymentOf = ({ bucket, keyTemplates, integrationId, requireScan, sweepEveryMs }: Settings) => ({
  bucket,
  keyTemplates: keyTemplates.map(({ text }) => text),
  ...(integrationId !== undefined && { integrationId }),
  requireScan,
  sweepEveryMinutes: sweepEveryMs / minuteMs,
});

export const check = action({
  name: 'check',
  does: 'tests configuration, bucket, table, API key, integration and alarms with real calls, and says what to fix',
  example: { action: 'check' },
  changes: false,
  schema: v.strictObject({ integration_id: v.optional(fields.integration_id.schema) }),
  run: async ({ integration_id }, courier) => {
    const integrationId = integration_id === 'account' ? undefined : integration_id;
    const lines = await runCheck({ integrationId, deadline: courier.deadline }, courier);
    const inState = (wanted: CheckLine['state']) => lines.filter(({ state }) => state === wanted);
    const [wrong, warnings, untested] = [inState('wrong'), inState('warning'), inState('not tested')];
    const sentences = [
      ...(wrong.length + warnings.length === 0 ? ['Everything that could be tested works.'] : []),
      ...(wrong.length > 0 ? [`${count(wrong.length, 'thing')} to fix: ${namesOf(wrong)}.`] : []),
      ...(warnings.length > 0 ? [`${count(warnings.length, 'warning')}: ${namesOf(warnings)}.`] : []),
      ...(untested.length > 0 ? [`${count(untested.length, 'thing')} could not be tested.`] : []),
    ];
    return {
      ok: wrong.length === 0,
      message: sentences.join(' '),
      checks: [...wrong, ...warnings, ...untested, ...inState('ok')],
      deployment: deploymentOf(courier.settings),
    };
  },
});
