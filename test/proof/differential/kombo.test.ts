import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultApiKey } from '../../../infra/local/kombo/emulator.ts';
import { systemClock } from '../../../lib/clock.ts';
import { deadlineIn } from '../../../lib/deadline.ts';
import { attachmentBody } from '../../../lib/kombo/attachment-request.ts';
import { type KomboClient, komboClient } from '../../../lib/kombo/client.ts';
import { httpTransport } from '../../../lib/kombo/http-transport.ts';
import type { Target } from '../../../lib/upload/target.ts';
import { chunksOf } from '../../fakes/chunks.ts';
import { testEmulator } from '../../fakes/test-emulator.ts';
import { errorAnswer, type PostFate } from '../simulation/kombo-answers.ts';
import { SimulatedKombo, transportOf } from '../simulation/simulated-kombo.ts';

/**
 * The simulation's Kombo and the emulator over HTTP get the same requests through our own client, and must give the same answers
 * and store the same files. Otherwise the simulation would prove something only for an imagined Kombo.
 *
 * Not compared, with the reason:
 * - silence and refused connections: they end by our deadline or by a closed port, not by an answer;
 * - an early fault 5xx and a reset before the last byte: whether that byte is sent before they arrive is a race in the kernel;
 * - dates and the order of entries: the two have different clocks, and `read-back/` relies on neither.
 */
const runs = Number(process.env.DIFFERENTIAL_RUNS ?? 300);

const integrationId = 'sandbox:CvCourierSandboxAAAAAAAA';
const refusals = [
  [400, 'PLATFORM.INPUT_INVALID'],
  [400, 'REMOTE.INPUT_INVALID'],
  [401, 'PLATFORM.AUTHENTICATION_INVALID'],
  [409, 'INTEGRATION.SETUP_INCOMPLETE'],
  [429, 'PLATFORM.RATE_LIMIT_EXCEEDED'],
  [429, 'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED'],
  [500, 'PLATFORM.UNKNOWN_ERROR'],
  [500, 'PLATFORM.SOMETHING_NEW'],
  [502, 'REMOTE.SERVICE_UNAVAILABLE'],
] as const;

/** One fault, in the form of the simulation and in the form of the emulator. */
interface Fate {
  readonly simulated: PostFate;
  readonly armed: string | undefined;
}

const simulatedAs = (kind: PostFate['kind'], stores: boolean, answer?: PostFate['answer']): PostFate => ({
  kind,
  stores,
  workMs: 0,
  listingLagMs: 0,
  ...(answer && { answer }),
});

const stored = (stores: boolean): string => (stores ? '-stored' : '');

const fate: fc.Arbitrary<Fate> = fc.oneof(
  fc.constant({ simulated: simulatedAs('attaches', true), armed: undefined }),
  fc
    .record({ refusal: fc.constantFrom(...refusals), stores: fc.boolean() })
    .map(({ refusal: [status, code], stores }) => ({
      simulated: simulatedAs('refuses', stores, errorAnswer(status, code)),
      armed: `${code.replace('.', '--')}-at-${status}${stored(stores)}`,
    })),
  fc
    .record({ status: fc.constantFrom(400, 403, 404, 408, 500, 502, 503), stores: fc.boolean() })
    .map(({ status, stores }) => ({
      simulated: simulatedAs('refuses', stores, errorAnswer(status, null)),
      armed: `status-${status}${stored(stores)}`,
    })),
  fc.record({ status: fc.constantFrom(200, 502), stores: fc.boolean() }).map(({ status, stores }) => ({
    simulated: simulatedAs('answers-oddly', stores, {
      status,
      headers: {},
      text: '<html>Hello</html>',
      complete: true,
    }),
    armed: `html-${status}${stored(stores)}`,
  })),
  fc.boolean().map((stores) => ({
    simulated: simulatedAs('resets-after', stores),
    armed: `reset-after-body${stored(stores)}`,
  })),
  fc.constantFrom(400, 401, 403, 404, 429).map((status) => ({
    simulated: simulatedAs('refuses-early', false, errorAnswer(status, null)),
    armed: `early-${status}`,
  })),
);

const post = fc.record({
  kind: fc.constantFrom('candidate' as const, 'application' as const),
  person: fc.constantFrom('A', 'B'),
  name: fc.constantFrom('CV.pdf', 'Lebenslauf Müller.pdf', 'CV (1).pdf'),
  type: fc.constantFrom('CV' as const, 'OTHER' as const),
  content: fc.constantFrom('one', 'two'),
  fate,
});
type Post = typeof post extends fc.Arbitrary<infer T> ? T : never;

const emulator = await testEmulator({ integrations: [integrationId] });

const attach = async (kombo: KomboClient, target: Target, { name, type, content }: Post): Promise<string> => {
  const deadline = deadlineIn(systemClock, 20_000);
  const bytes = Buffer.from(content);
  const body = attachmentBody({ name, type, contentType: 'application/pdf' }, bytes.length, chunksOf(bytes));
  const answer = await kombo.attach(target, body, deadline).finally(deadline.clear);
  return answer.ok ? 'attached' : answer.failure.code;
};

const listed = async (kombo: KomboClient, target: Target): Promise<readonly string[] | string> => {
  const answer = await kombo.listAttachments(target, new AbortController().signal);
  if (!answer.ok) return answer.failure.code;
  return answer.value.files.map(({ name, type }) => `${type} ${name}`).sort();
};

const tool = { habits: [], converts: 'nobody', learnt: false } as const;
let worlds = 0;

test('the simulated Kombo and the emulator give the same answers and store the same files', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(post, { minLength: 1, maxLength: 4 }), async (posts) => {
      worlds += 1;
      const fates: PostFate[] = [];
      const simulation = new SimulatedKombo();
      const process = {
        step: async <T>(_: string, effect: () => T) => effect(),
        alive: () => true,
        failed: () => false,
        onDeath: () => undefined,
      };
      const world = {
        now: () => 0,
        at: (_: number, action: () => void) => {
          queueMicrotask(action);
          return () => undefined;
        },
        calm: () => false,
        tell: () => undefined,
      };
      const faults = {
        post: () => fates[0] ?? simulatedAs('attaches', true),
        get: () => undefined,
        tool,
        hostDown: () => false,
      };
      const clientOver = (transport: Parameters<typeof komboClient>[0]['transport']): KomboClient =>
        komboClient({ transport, clock: systemClock, apiKey: async () => defaultApiKey });
      const simulated = clientOver(transportOf(simulation, process, world, faults));
      const emulated = clientOver(httpTransport(emulator.url, systemClock));
      for (const one of posts) {
        const target: Target = { kind: one.kind, id: `${one.person}${worlds}`, integrationId };
        fates[0] = one.fate.simulated;
        emulator.faults.clear();
        if (one.fate.armed !== undefined) emulator.faults.arm(one.fate.armed, { on: ['post'], times: 1 });
        expect([one.fate.armed, await attach(emulated, target, one)]).toEqual([
          one.fate.armed,
          await attach(simulated, target, one),
        ]);
        expect(await listed(emulated, target)).toEqual(await listed(simulated, target));
      }
    }),
    { numRuns: runs },
  );
}, 600_000);
