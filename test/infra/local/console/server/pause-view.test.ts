import { expect, test } from 'vitest';
import { pauseView } from '../../../../../infra/local/console/server/pause-view.ts';

const integrationId = 'greenhouse:A1';

test('the view of a pause says since when, why, what to do, and what ends it', () => {
  const view = pauseView({
    integrationId,
    code: 'INTEGRATION.INACTIVE',
    sentence: 'not shown',
    pause: {
      code: 'INTEGRATION.INACTIVE',
      by: 'kombo',
      reason: 'Kombo answered so.',
      since: 1_000,
      end: { by: 'reading', nextAt: 5_000, probes: 0 },
    },
  });
  expect(view).toEqual({
    integration: integrationId,
    sinceMs: 1_000,
    code: 'INTEGRATION.INACTIVE',
    reason: 'Kombo answered so.',
    nextStep: 'Enable the integration in the Kombo dashboard; the files are then sent within minutes.',
    end: { by: 'reading', nextAtMs: 5_000 },
  });
});

test("the view of an operator's pause says that only resume ends it", () => {
  const pause = { code: 'INTEGRATION_PAUSED', by: 'operator', reason: 'Migration.', since: 1_000 } as const;
  expect(pauseView({ integrationId: '*', code: pause.code, sentence: 'not shown', pause })).toEqual({
    integration: 'account',
    sinceMs: 1_000,
    code: 'INTEGRATION_PAUSED',
    reason: 'Migration.',
  });
});

test('a lane that cannot be read is shown as a pause that says so', () => {
  const sentence = 'The record of its lane cannot be read.';
  expect(pauseView({ integrationId, code: 'INTEGRATION_PAUSED', sentence })).toEqual({
    integration: integrationId,
    code: 'INTEGRATION_PAUSED',
    reason: sentence,
  });
});
