import * as v from 'valibot';
import { check as runCheck } from '../../../lib/operator/check/check.ts';
import { action } from '../action.ts';
import { count } from '../answer/answer.ts';
import { fields } from '../fields.ts';

export const check = action({
  name: 'check',
  does: 'tests configuration, bucket, table, API key and integration for real, and says what to fix',
  example: { action: 'check' },
  schema: v.strictObject({ integration_id: v.optional(fields.integration_id.schema) }),
  run: async ({ integration_id }, courier) => {
    const integrationId = integration_id === 'account' ? undefined : integration_id;
    const lines = await runCheck({ integrationId, deadline: courier.deadline }, courier);
    const wrong = lines.filter(({ state }) => state === 'wrong');
    const untested = lines.filter(({ state }) => state === 'not tested');
    const doubt = untested.length === 0 ? '' : ` ${count(untested.length, 'thing')} could not be tested.`;
    const message =
      wrong.length === 0
        ? `All is well with what was tested.${doubt}`
        : `${count(wrong.length, 'thing')} to fix: ${wrong.map(({ what }) => what).join(', ')}.${doubt}`;
    return {
      ok: wrong.length === 0,
      message,
      checks: [...wrong, ...untested, ...lines.filter(({ state }) => state === 'ok')],
    };
  },
});
