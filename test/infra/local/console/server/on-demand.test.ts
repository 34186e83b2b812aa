import { expect, test } from 'vitest';
import type { Lambda } from '../../../../../infra/local/aws/lambda/function.ts';
import { FunctionFailed } from '../../../../../infra/local/aws/lambda/process.ts';
import { ask, readQuestion } from '../../../../../infra/local/console/server/on-demand.ts';
import type { Row } from '../../../../../infra/local/console/server/row.ts';
import { readSettings } from '../../../../../lib/config/config.ts';
import { fakeOnDemand } from '../../../../fakes/fake-function.ts';

const settings = readSettings({
  BUCKET: 'console-test',
  LEDGER_TABLE: 'ledger',
  KOMBO_API_KEY: 'ks_dev_local',
  KOMBO_INTEGRATION_ID: 'greenhouse:A1',
});
const key = 'candidates/Jane1/Jane Roe.pdf';
const row: Row = {
  id: 'r1',
  key,
  sentName: 'From metadata.pdf',
  state: 'held',
  atMs: 0,
  changedAtMs: 0,
  attempt: 1,
  warnings: [],
};

const answering = (invoke: Lambda['invoke']) => {
  const stack = { functions: new Map([['on-demand', fakeOnDemand(invoke)]]), settings };
  const consoleState = { rows: new Map([['r1', row]]), nudge: () => undefined };
  return (asking: Parameters<typeof ask>[2]) => ask(stack, consoleState, asking);
};

test('a request of the console is first shown as a command to paste, without running it', async () => {
  const events: unknown[] = [];
  const askAbout = answering(async (event) => events.push(event));
  expect(await askAbout({ action: 'retry', row: 'r1', reason: 'Fixed.', run: false, names: true })).toEqual({
    event: { action: 'retry', key, reason: 'Fixed.' },
  });
  expect(events).toEqual([]);
});

test('a request of the console runs with the real key, but its event and answer are shown masked', async () => {
  const events: unknown[] = [];
  const askAbout = answering(async (event) => {
    events.push(event);
    return {
      message: `"${key}" is held.`,
      files: [{ key, name: 'Jane Roe.pdf', note: 'See Jane Roe.pdf, sent as From metadata.pdf' }],
    };
  });
  const answer = await askAbout({ action: 'status', row: 'r1', run: true, names: false });
  expect(events).toEqual([{ action: 'status', key }]);
  expect(answer).toEqual({
    event: { action: 'status', key: 'candidates/Jane1/•••.pdf' },
    answer: {
      message: '"candidates/Jane1/•••.pdf" is held.',
      files: [{ key: 'candidates/Jane1/•••.pdf', name: '•••.pdf', note: 'See •••.pdf, sent as •••.pdf' }],
    },
  });
});

test('the console reports in a sentence that on-demand failed or is not built', async () => {
  const failing = answering(() => Promise.reject(new FunctionFailed({ errorType: 'RangeError', errorMessage: 'no' })));
  expect(await failing({ action: 'check', run: true, names: false })).toMatchObject({ trouble: 'RangeError: no' });
  const without = await ask(
    { functions: new Map(), settings },
    { rows: new Map(), nudge: () => undefined },
    { action: 'check', run: true, names: false },
  );
  expect(without?.trouble).toContain('npm run build');
});

test('a file can be resolved, or sent again by force, with the reason of the operator', async () => {
  const askAbout = answering(async () => null);
  const about = { row: 'r1', reason: 'Seen in the ATS.', run: false, names: true } as const;
  expect((await askAbout({ action: 'resolve', ...about }))?.event).toEqual({
    action: 'resolve',
    key,
    reason: 'Seen in the ATS.',
  });
  expect((await askAbout({ action: 'resend', ...about }))?.event).toMatchObject({ action: 'resend', force: true });
});

test('a resume request of the console names its pause: the integration and the cause', async () => {
  const askAbout = answering(async () => null);
  const about = { action: 'resume', integration: 'account', code: 'PLATFORM.AUTHENTICATION_INVALID' } as const;
  const question = readQuestion({ ...about, reason: 'New key.', run: false, names: false });
  expect(question && (await askAbout(question))?.event).toEqual({
    action: 'resume',
    integration_id: 'account',
    code: 'PLATFORM.AUTHENTICATION_INVALID',
    reason: 'New key.',
  });
  expect(await askAbout({ action: 'resume', integration: 'account', run: false, names: false })).toBeUndefined();
});

test('a request of the console of an unknown kind or about a row that no longer exists is ignored', async () => {
  const askAbout = answering(async () => null);
  expect(await askAbout({ action: 'retry', row: 'gone', run: true, names: false })).toBeUndefined();
  expect(readQuestion({ action: 'forget', run: true, names: false })).toBeUndefined();
  expect(readQuestion('nonsense')).toBeUndefined();
});
