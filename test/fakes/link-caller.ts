import type { LookupFunction } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../lib/clock.ts';
import { httpLinks, type LinkAnswer, type LinkFault, type Links } from '../../lib/kombo/links.ts';
import { inTime } from './kombo-caller.ts';

/** What a test needs to open links: our real client for links, and its result. */

/** Links of the emulator, which are on this machine. */
export const localLinks = (clock: Clock = systemClock, lookup?: LookupFunction): Links =>
  httpLinks('http://127.0.0.1:9000/v1', clock, lookup && { lookup });

/** Links of the real Kombo. */
export const komboLinks = (lookup?: LookupFunction): Links =>
  httpLinks('https://api.kombo.dev/v1', systemClock, lookup && { lookup });

type Opening = ReturnType<Links['open']>;

export const openLink = (links: Links, url: string, signal = inTime().signal): Opening => links.open(url, signal);

/** The answer to a link that must be opened. */
export const opened = async (opening: Opening): Promise<LinkAnswer> => {
  const answer = await opening;
  if (!answer.ok) throw new Error(answer.error.reason);
  onTestFinished(answer.value.close);
  return answer.value;
};

/** Why a link was not opened. Also checks, in every such test, that the reason does not contain the link. */
export const faultOf = async (opening: Opening): Promise<LinkFault | undefined> => {
  const answer = await opening;
  if (answer.ok) {
    answer.value.close();
    return undefined;
  }
  expect(answer.error.reason).toMatch(/^[A-Z][^.]*\.$/);
  expect(answer.error.reason).not.toMatch(/frank|s3cr3t|https?:|localhost|example|\d\.\d|::|\d{4}/i);
  return answer.error;
};

export const mayPassOf = async (opening: Opening): Promise<boolean | undefined> => (await faultOf(opening))?.mayPass;
