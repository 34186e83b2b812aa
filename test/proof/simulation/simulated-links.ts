import type { Habits } from '../../../infra/local/kombo/faults/ats-habits.ts';
import { linkBehaviour, servedBytes } from '../../../infra/local/kombo/faults/linked-file.ts';
import type { LinkAnswer, LinkFault, Links } from '../../../lib/kombo/links.ts';
import { ok, type Result } from '../../../lib/result.ts';
import type { KomboFaults, SimulatedKombo } from './simulated-kombo.ts';
import { convertsAt } from './simulated-tool.ts';
import type { Process, World } from './world.ts';

/** The host of the listed files, as one process sees it: every piece is a step at which the process can crash. */
export const linksOf = (
  kombo: SimulatedKombo,
  process: Pick<Process, 'step' | 'clock'>,
  world: Pick<World, 'calm'>,
  { tool, hostDown }: Pick<KomboFaults, 'tool' | 'hostDown'>,
): Links => ({
  open: async (url, signal) => {
    const file = await ended(
      process.step('link open', () => kombo.attachments[Number(url.split('/').at(-1))]),
      signal,
    );
    if (file === 'aborted') return broken('The link was not answered in time.', true);
    if (!file || (!world.calm() && hostDown())) return broken('The link could not be read (ECONNREFUSED).', true);
    const converted: Habits = convertsAt(tool, file.target.id) && !file.stranger ? ['converted'] : [];
    const bytes = servedBytes(Buffer.from(file.content), converted);
    const length = { 'content-length': String(bytes.length), 'content-type': 'text/plain' };
    const answer = (status: number, headers: LinkAnswer['headers'], chunks = piecesOf(bytes)) =>
      ok({ status, headers, chunks, close: () => undefined });
    async function* piecesOf(all: Buffer, slow = false): AsyncGenerator<Uint8Array, void, undefined> {
      for (const piece of [all.subarray(0, all.length / 2), all.subarray(all.length / 2)]) {
        if (slow) await ended(new Promise((resolve) => process.clock.after(60_000, () => resolve(undefined))), signal);
        if (
          (await ended(
            process.step('link read', () => undefined),
            signal,
          )) === 'aborted'
        )
          throw new Error('aborted');
        yield piece;
      }
    }
    async function* cutShort(): AsyncGenerator<Uint8Array, void, undefined> {
      yield bytes;
      throw new Error('The connection broke.');
    }
    async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
      for (;;) yield* piecesOf(bytes);
    }
    switch (linkBehaviour(tool.habits)) {
      case 'serves':
      case 'link-redirect':
        return answer(200, length);
      case 'link-403':
        return answer(403, { 'content-type': 'application/xml' });
      case 'link-503':
        return answer(503, {});
      case 'link-login':
        return answer(
          200,
          { 'content-type': 'text/html', 'content-length': '13' },
          piecesOf(Buffer.from('<html></html>')),
        );
      case 'link-circle':
        return broken('The link is redirected too often.', false);
      case 'link-endless':
        return answer(200, { 'content-type': 'text/plain' }, endless());
      case 'link-slow':
        return answer(200, length, piecesOf(bytes, true));
      case 'link-wrong-length':
        return answer(200, { ...length, 'content-length': String(bytes.length + 9) }, cutShort());
      case 'link-compressed':
        return answer(200, { ...length, 'content-encoding': 'gzip' });
    }
  },
});

const broken = (reason: string, mayPass: boolean): Result<LinkAnswer, LinkFault> => ({
  ok: false,
  error: { reason, mayPass },
});

/** The deadline ends a wait for a host that does not answer. */
const ended = <T>(work: Promise<T>, signal: AbortSignal): Promise<T | 'aborted'> =>
  Promise.race([
    work,
    new Promise<'aborted'>((resolve) => {
      if (signal.aborted) resolve('aborted');
      else signal.addEventListener('abort', () => resolve('aborted'), { once: true });
    }),
  ]);
