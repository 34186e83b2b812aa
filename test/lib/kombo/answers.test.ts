import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  greenhouseIntegrationId,
  type KomboEmulator,
  startKomboEmulator,
} from '../../../infra/local/kombo/emulator.ts';
import { systemClock } from '../../../lib/clock.ts';
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

test('an answer that arrives byte by byte ends by the deadline', async () => {
  emulator.faults.arm('drip-200ms');
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
