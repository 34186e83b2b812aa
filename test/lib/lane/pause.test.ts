import { expect, test } from 'vitest';
import { type Pause, pausedSentence } from '../../../lib/lane/pause.ts';
import { integrationId, nine } from '../../fakes/ledger-samples.ts';

const pause: Pause = {
  scope: integrationId,
  state: 'open',
  code: 'INTEGRATION.INACTIVE',
  by: 'kombo',
  reason: 'Kombo answered HTTP 409.',
  since: nine,
  version: 1,
};

test('a file that waits is told what is paused, since when and why', () => {
  expect(pausedSentence(pause)).toBe(
    'The integration has been paused since 2026-01-05T09:00:00.000Z: INTEGRATION.INACTIVE. Kombo answered HTTP 409.',
  );
});

test('a pause of the account is said to be one of everything', () => {
  expect(pausedSentence({ ...pause, scope: 'account' })).toMatch(/^Everything has been paused since /);
});
