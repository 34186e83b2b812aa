import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../lib/clock.ts';
import type { Links } from '../../../lib/kombo/links.ts';
import { collect } from '../../fakes/chunks.ts';
import { faultOf, localLinks, mayPassOf, opened, openLink } from '../../fakes/link-caller.ts';
import { httpServer, redirectTo, silentServer, urlOn } from '../../fakes/link-host.ts';
import { trustLoopbackTls } from '../../fakes/loopback-tls.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { lookupOf } from '../../fakes/scripted-lookup.ts';
import { until } from '../../fakes/until.ts';

trustLoopbackTls();

describe('time limits of a link', () => {
  /** Moves the clock to right before the limit, then to the limit. */
  const endsAfter = async (
    limitMs: number,
    clock: ReturnType<typeof manualClock>,
    opening: ReturnType<Links['open']>,
  ) => {
    let over = false;
    void opening.then(() => {
      over = true;
    });
    clock.advance(limitMs - 1);
    await sleep(20);
    expect(over).toBe(false);
    clock.advance(1);
    const fault = await faultOf(opening);
    expect(clock.timers()).toBe(0);
    return fault;
  };

  test('a link whose TLS handshake does not finish ends after 10 s, and may work later', async () => {
    const clock = manualClock();
    const server = await silentServer();
    const opening = openLink(localLinks(clock), urlOn(server.port, 'https://127.0.0.1'));
    await until(() => server.connections() === 1);
    expect(await endsAfter(10_000, clock, opening)).toEqual({
      reason: 'The host of the link did not accept a connection within 10 s.',
      mayPass: true,
    });
  });

  test('a link whose name server never answers ends after 10 s, and may work later', async () => {
    const clock = manualClock();
    const opening = openLink(
      localLinks(clock, () => undefined),
      urlOn(9_001, 'https://files.example'),
    );
    expect(await endsAfter(10_000, clock, opening)).toMatchObject({ mayPass: true });
  });

  test('a link that is silent after the request ends 10 s after the request, and may work later', async () => {
    const clock = manualClock();
    const slow = Promise.withResolvers<void>();
    const server = await httpServer(() => slow.resolve());
    const opening = openLink(localLinks(clock), urlOn(server.port));
    clock.advance(9_999);
    await slow.promise;
    await sleep(20);
    expect(await endsAfter(10_000, clock, opening)).toEqual({
      reason: 'The host of the link did not answer within 10 s.',
      mayPass: true,
    });
  });

  test('a link whose response head comes byte by byte counts as silent', async () => {
    const clock = manualClock();
    const server = await httpServer((call) => {
      call.write('HTTP/1.1 200 OK\r\nx-slow: ');
      const timer = setInterval(() => call.write('x'), 2);
      call.socket.on('close', () => clearInterval(timer));
    });
    const opening = openLink(localLinks(clock), urlOn(server.port));
    await until(() => server.requests.length === 1);
    await sleep(20);
    expect(await endsAfter(10_000, clock, opening)).toMatchObject({ mayPass: true });
  });

  test('a link leaves no timer after an answer or a refusal', async () => {
    const clock = manualClock();
    const server = await httpServer();
    await opened(openLink(localLinks(clock), urlOn(server.port)));
    await faultOf(openLink(localLinks(clock), 'http://10.0.0.1/'));
    await faultOf(openLink(localLinks(clock, lookupOf(['10.0.0.1'])), 'http://files.example/'));
    expect(clock.timers()).toBe(0);
  });
});

describe('the signal of a link', () => {
  test('an aborted signal ends a link before it starts: no name is resolved', async () => {
    const lookup = lookupOf(['127.0.0.1']);
    const opening = openLink(
      localLinks(systemClock, lookup),
      urlOn(9_001, 'http://files.example'),
      AbortSignal.abort(),
    );
    expect(await faultOf(opening)).toEqual({ reason: 'The link was not answered in time.', mayPass: true });
    expect(lookup.asked).toEqual([]);
  });

  test('the signal of a link ends the wait for an answer', async () => {
    const controller = new AbortController();
    const server = await httpServer(() => controller.abort());
    expect(await mayPassOf(openLink(localLinks(), urlOn(server.port), controller.signal))).toBe(true);
    await server.deserted();
  });

  test('the signal of a link ends the reading of a body', async () => {
    const controller = new AbortController();
    const server = await httpServer((call) => call.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx'));
    const answer = await opened(openLink(localLinks(), urlOn(server.port), controller.signal));
    const reading = collect(answer.chunks);
    controller.abort();
    await expect(reading).rejects.toThrow();
    await server.deserted();
  });

  test('a link that has ended no longer listens to its signal', async () => {
    const { signal } = new AbortController();
    const server = await httpServer(redirectTo('/next'));
    await openLink(localLinks(), urlOn(server.port), signal);
    await server.deserted();
    await until(() => getEventListeners(signal, 'abort').length === 0);
  });
});
