import { Agent, request } from 'node:http';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type KomboEmulator, startKomboEmulator } from '../../../../infra/local/kombo/emulator.ts';
import { call, pdf, validHeaders } from '../../../fakes/emulator-caller.ts';

interface RoughCall {
  readonly fault: string;
  readonly listing: boolean;
  readonly sizeBytes: number;
  /** When the caller aborts. */
  readonly leavesAfterMs: number;
  /** Announces more bytes than it sends. */
  readonly short: boolean;
}

const faults = [
  'Frank1',
  'fault-silence',
  'fault-silence-stored',
  'fault-reset-before-body',
  'fault-reset-mid-body',
  'fault-reset-after-body-stored',
  'fault-early-413',
  'fault-early-401-drained',
  'fault-html-502-stored',
  'fault-cut-answer',
  'fault-truncated-json',
  'fault-drip-1ms',
  'fault-huge-1mb',
  'fault-slow-20ms',
  'fault-delay-20ms_and_warnings',
  'fault-status-503',
  'fault-nonsense',
];

const roughCall: fc.Arbitrary<RoughCall> = fc.record({
  fault: fc.constantFrom(...faults),
  listing: fc.boolean(),
  sizeBytes: fc.constantFrom(1, 1000, 100_000, 2_000_000),
  leavesAfterMs: fc.constantFrom(1, 5, 30, 150),
  short: fc.constantFrom(false, false, false, true),
});

/** Resolves when the call has ended, with success or not. */
const attempt = (emulator: KomboEmulator, agent: Agent, rough: RoughCall): Promise<void> =>
  new Promise((resolve) => {
    const attachment = { ...pdf, data: Buffer.alloc(rough.sizeBytes, 'x').toString('base64') };
    const body = rough.listing ? '' : JSON.stringify({ attachment });
    const outgoing = request(`${emulator.url}/ats/candidates/${rough.fault}/attachments`, {
      method: rough.listing ? 'GET' : 'POST',
      agent,
      headers: {
        ...validHeaders,
        ...(rough.listing ? {} : { 'content-length': body.length + (rough.short ? 1 : 0) }),
      },
    });
    let timer: NodeJS.Timeout | undefined;
    outgoing.on('socket', () => {
      timer = setTimeout(() => outgoing.destroy(), rough.leavesAfterMs);
    });
    outgoing.on('response', (incoming) => {
      incoming.on('error', () => undefined);
      incoming.resume();
    });
    outgoing.on('error', () => undefined);
    outgoing.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
    if (rough.short) outgoing.write(body);
    else outgoing.end(body);
  });

test('whatever its callers do, the emulator becomes idle, counts correctly, and serves the next call', async () => {
  const emulator = await startKomboEmulator();
  const agent = new Agent({ keepAlive: true, maxSockets: 12 });
  try {
    const calls = fc.sample(roughCall, { numRuns: 400, seed: 20260105 });
    await Promise.all(calls.map((each) => attempt(emulator, agent, each)));
    await emulator.idle();

    const { total, stored, completePosts, incompletePosts, byCall } = emulator.requests.counters();
    expect(emulator.inFlight()).toBe(0);
    expect(emulator.requests.recent().filter(({ open }) => open)).toEqual([]);
    expect(stored).toBe(emulator.attachments().length);
    expect(completePosts + incompletePosts).toBe(byCall.post);
    expect(total).toBe((byCall.post ?? 0) + (byCall.list ?? 0));
    // Without these, the calls above would not have been rough enough for the test to prove anything.
    expect(Math.min(stored, incompletePosts, byCall.list ?? 0)).toBeGreaterThan(0);
    expect((await call(emulator, { path: '/check-api-key' })).status).toBe(200);
  } finally {
    agent.destroy();
    await emulator.close();
  }
});
