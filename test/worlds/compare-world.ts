import { expect } from 'vitest';
import { deadlineIn } from '../../lib/deadline.ts';
import type { ListedFile } from '../../lib/kombo/attachment-list.ts';
import type { LinkAnswer, LinkFault, Links } from '../../lib/kombo/links.ts';
import { type ComparedFile, compareFiles, type KnownContents } from '../../lib/read-back/compare-content.ts';
import type { Result } from '../../lib/result.ts';
import type { FileContent } from '../../lib/upload/file-content.ts';
import { checksumOfBytes, textBytes } from '../fakes/files.ts';
import { minute, nine } from '../fakes/ledger-samples.ts';
import { manualClock } from '../fakes/manual-clock.ts';
import { serves } from '../fakes/scripted-kombo.ts';

/** Listed files whose links answer as a test sets, and the result of comparing them. */

export const cv = textBytes('Frank Doe, carpenter');
/** As long as the CV, with other bytes. */
export const letter = textBytes('Dear hiring manager,');
export const photo = textBytes('a photo');

export const contentOf = (bytes: Uint8Array): FileContent => ({
  sizeBytes: bytes.length,
  checksum: checksumOfBytes(bytes),
});
export const onlyOurs: KnownContents = { ours: contentOf(cv), oursIs: 'certain', others: [] };

export type Answer = () => Result<LinkAnswer, LinkFault> | Promise<Result<LinkAnswer, LinkFault>>;

/** Links that answer as the test sets, and the requests that they got. */
const hostOf = (answer: (place: number) => ReturnType<Answer>) => {
  const host = { opened: 0, concurrent: 0, most: 0 };
  const links: Links = {
    open: async (url) => {
      host.opened += 1;
      host.concurrent += 1;
      host.most = Math.max(host.most, host.concurrent);
      await new Promise((resolve) => setImmediate(resolve));
      const answered = await answer(Number(url.split('/').at(-1)));
      host.concurrent -= 1;
      return answered;
    },
  };
  return { host, links };
};

export const filesOf = (count: number): readonly ListedFile[] =>
  Array.from({ length: count }, (_, place) => ({ link: `https://files.example/${place}` }));

export const never = (): boolean => false;
export const isOurs = ({ comparison }: ComparedFile): boolean => comparison.kind === 'ours';

export const compare = async (
  answers: readonly (Uint8Array | Answer)[] | ((place: number) => ReturnType<Answer>),
  {
    files,
    known = onlyOurs,
    decides = never,
    clock = manualClock(nine),
    durationMs = 2 * minute,
  }: {
    readonly files?: readonly ListedFile[];
    readonly known?: KnownContents;
    readonly decides?: (compared: ComparedFile) => boolean;
    readonly clock?: ReturnType<typeof manualClock>;
    readonly durationMs?: number;
  } = {},
) => {
  const answerOf = (place: number): ReturnType<Answer> => {
    if (typeof answers === 'function') return answers(place);
    const answer = answers[place] ?? cv;
    return typeof answer === 'function' ? answer() : serves(answer);
  };
  const { host, links } = hostOf(answerOf);
  const asked = files ?? filesOf(typeof answers === 'function' ? 1 : answers.length);
  const deadline = deadlineIn(clock, durationMs);
  const compared = await compareFiles(asked, known, decides, { links, clock, deadline });
  deadline.clear();
  expect(compared.map(({ file }) => file)).toEqual(asked);
  return { comparisons: compared.map(({ comparison }) => comparison), host, timersLeft: clock.timers() };
};
