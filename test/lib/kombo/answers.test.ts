import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  greenhouseIntegrationId,
  type KomboEmulator,
  startKomboEmulator,
} from '../../../infra/local/kombo/emulator.ts';
import { systemClock } from '../../../lib/clock.ts';
import { komboErrorCodes } from '../../../lib/failures/kombo-failures.ts';
import type { AttachAnswer, KomboClient } from '../../../lib/kombo/client.ts';
import type { Target } from '../../../lib/upload/target.ts';
import { bodyOf, clientOf, inTime } from '../../fakes/kombo-caller.ts';

/** Our client against the Kombo emulator: what the client reports, and whether the file is there. */

let emulator: KomboEmulator;
let kombo: KomboClient;

beforeAll(async () => {
  emulator = await startKomboEmulator();
  kombo = clientOf(emulator.url);
});
beforeEach(() => emulator.reset());
afterAll(() => emulator.close());

const frank: Target = { kind: 'candidate', id: 'Frank1', integrationId: greenhouseIntegrationId };
const file = Buffer.from('%PDF-1.7 Frank Doe');

const attach = (target = frank, deadline = inTime()): Promise<AttachAnswer> =>
  kombo.attach(target, bodyOf(file), deadline);
const outcomeOf = (answer: AttachAnswer): string => (answer.ok ? 'delivered' : answer.failure.code);

test.each(['candidate', 'application'] as const)('the client attaches exactly the same bytes to a %s', async (kind) => {
  const answer = await attach({ ...frank, kind });
  expect(answer).toMatchObject({ ok: true, value: { warnings: [] } });
  const [held] = emulator.attachments();
  expect(held).toMatchObject({ name: 'Frank Doe CV.pdf', type: 'CV', contentType: 'application/pdf' });
  expect((await held?.bytes())?.equals(file)).toBe(true);
});

test.each(Object.keys(komboErrorCodes))('an answer with the code %s is reported with that code', async (code) => {
  emulator.faults.arm(code.replace('.', '--'));
  const answer = await attach();
  expect(answer).toMatchObject({ ok: false, failure: { code } });
  expect(!answer.ok && answer.failure.logUrl).toMatch(/^http/);
});

test.each([
  ['REMOTE--QUITE_NEW-at-500', 'KOMBO_FAULT'],
  ['PLATFORM--QUITE_NEW-at-422', 'KOMBO_REFUSED'],
  ['status-400', 'KOMBO_REFUSED'],
  ['status-401', 'KOMBO_UNAUTHORIZED'],
  ['status-403', 'KOMBO_FORBIDDEN'],
  ['status-404', 'KOMBO_NOT_FOUND'],
  ['status-429', 'KOMBO_RATE_LIMITED'],
  ['status-500', 'KOMBO_FAULT'],
  ['status-503', 'KOMBO_UNAVAILABLE'],
  ['bare-503', 'KOMBO_UNAVAILABLE'],
  ['html-502', 'KOMBO_FAULT'],
  ['html-503', 'KOMBO_UNAVAILABLE'],
  ['html-404', 'KOMBO_NOT_FOUND'],
  ['empty-500', 'KOMBO_FAULT'],
  ['early-413', 'KOMBO_REFUSED'],
  ['error-in-200', 'KOMBO_FAULT'],
  ['reset-before-body', 'KOMBO_CONNECTION_LOST'],
  ['reset-after-body', 'ANSWER_LOST'],
])('the fault %s is reported as %s, and nothing is attached', async (fault, code) => {
  emulator.faults.arm(fault);
  expect(outcomeOf(await attach())).toBe(code);
  expect(emulator.attachments()).toHaveLength(0);
});

test.each([
  ['html-200-stored', 'ANSWER_UNREADABLE'],
  ['html-502-stored', 'KOMBO_FAULT'],
  ['truncated-json', 'ANSWER_UNREADABLE'],
  ['cut-answer', 'ANSWER_UNREADABLE'],
  ['reset-after-body-stored', 'ANSWER_LOST'],
  ['PLATFORM--TASK_TIMED_OUT-stored', 'PLATFORM.TASK_TIMED_OUT'],
])('the fault %s is reported as %s, although the file is attached', async (fault, code) => {
  emulator.faults.arm(fault);
  expect(outcomeOf(await attach())).toBe(code);
  expect(emulator.attachments()).toHaveLength(1);
});

test.each(['created-201', 'no-warnings', 'empty-200-stored', 'empty-204-stored'])(
  'the answer %s is a delivery',
  async (fault) => {
    emulator.faults.arm(fault);
    expect(await attach()).toMatchObject({ ok: true, value: { warnings: [] } });
    expect(emulator.attachments()).toHaveLength(1);
  },
);

test('the client returns the warnings of Kombo', async () => {
  emulator.faults.arm('warnings');
  expect(await attach()).toMatchObject({
    ok: true,
    value: { warnings: ['The tool does not know this type of file; it was stored as other.'] },
  });
});

test('an answer of 50 MB is not read to its end', async () => {
  emulator.faults.arm('huge-50mb');
  expect(outcomeOf(await attach())).toBe('ANSWER_UNREADABLE');
  expect(emulator.attachments()).toHaveLength(1);
});

test('an answer that arrives byte by byte ends by the deadline', async () => {
  emulator.faults.arm('drip-200ms');
  expect(outcomeOf(await attach(frank, inTime(systemClock, 1_000)))).toBe('ANSWER_TIMED_OUT');
});

test('a silent server ends by the deadline', async () => {
  emulator.faults.arm('silence');
  expect(outcomeOf(await attach(frank, inTime(systemClock, 1_000)))).toBe('ANSWER_TIMED_OUT');
});

test('a listing of 1,000 malformed entries is read completely', async () => {
  await attach();
  emulator.faults.arm('thousand');
  const listing = await kombo.listAttachments(frank, inTime().signal);
  expect(listing.ok && listing.value.files).toHaveLength(1_000);
});

test('the client lists what was attached, with name, type and link', async () => {
  await attach();
  const listing = await kombo.listAttachments(frank, inTime().signal);
  expect(listing).toMatchObject({
    ok: true,
    value: {
      files: [{ name: 'Frank Doe CV.pdf', type: 'CV', contentType: 'application/pdf', link: expect.any(String) }],
      more: false,
    },
  });
});

test('the client reads the restrictions of both actions, and the integration', async () => {
  for (const kind of ['candidate', 'application'] as const) {
    const restrictions = await kombo.restrictions(kind, greenhouseIntegrationId, inTime().signal);
    expect(restrictions.ok).toBe(true);
  }
  const integration = await kombo.integration(greenhouseIntegrationId, inTime().signal);
  expect(integration).toMatchObject({ ok: true, value: { id: greenhouseIntegrationId } });
});

test('the client reports how many calls the integration has in progress', async () => {
  expect((await attach()).concurrency).toEqual({ limit: 30, remaining: 29 });
});

test('an API key that Kombo does not know gives PLATFORM.AUTHENTICATION_INVALID', async () => {
  emulator.apiKeys.revoke();
  expect(outcomeOf(await attach())).toBe('PLATFORM.AUTHENTICATION_INVALID');
});
