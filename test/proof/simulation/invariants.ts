import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { fromItem } from '../../../lib/ledger/record-item.ts';
import { uploadId } from '../../../lib/upload/upload.ts';
import { integrationId, secrets } from './courier.ts';
import type { Ended } from './history.ts';

/** The promise, checked on what is left when faults have stopped and time has passed. Empty when it was kept. */
export const brokenPromises = (ended: Ended): readonly string[] => [
  ...unsettled(ended),
  ...doubled(ended),
  ...notThere(ended),
  ...misdirected(ended),
  ...overloaded(ended),
  ...leaked(ended),
];

const recordsOf = ({ table }: Ended): readonly LedgerRecord[] =>
  table
    .items()
    .filter(({ pk }) => !pk.startsWith('pause#') && !pk.startsWith('sweep#'))
    .map(fromItem);

/** (a) Every upload is in a terminal state or in one that a person can list; what stands in the bucket is not forgotten. */
const unsettled = (ended: Ended): readonly string[] => {
  const records = recordsOf(ended);
  const open = records
    .filter(({ state }) => state.status === 'sending' || state.status === 'retrying' || state.status === 'unknown')
    .map(({ upload, state }) => `lost: …${upload.etag.slice(-8)} is still ${state.status}`);
  const byId = new Map(records.map((record) => [uploadId(record.upload), record]));
  const forgotten = ended.puts
    .filter(({ upload }) => ended.bucket.files.get(upload.key)?.etag === upload.etag)
    .filter(({ upload }) => (byId.get(uploadId(upload))?.state.status ?? 'superseded') === 'superseded')
    .map(({ upload }) => `lost: …${upload.etag.slice(-8)} stands in the bucket and the ledger does not know it`);
  return [...open, ...new Set(forgotten)];
};

const copiesOf = (ended: Ended, { content, candidateId }: Ended['puts'][number]) =>
  ended.kombo.attachments.filter(
    (attachment) => attachment.content === content && attachment.path.includes(`/${candidateId}/`),
  );

/** (b) One attachment per upload at most; with `resend`, more only where an answer was lost. */
const doubled = (ended: Ended): readonly string[] =>
  unique(ended.puts.map((put) => put.content)).flatMap((content) => {
    // The same bytes under two keys are two uploads, so two attachments.
    const keys = new Set(ended.puts.filter((put) => put.content === content).map(({ upload }) => upload.key));
    const copies = ended.kombo.attachments.filter((attachment) => attachment.content === content);
    const answered = copies.filter(({ told }) => told()).length;
    if (copies.length <= keys.size) return [];
    if (ended.onUnknown === 'resend' && answered <= keys.size) return [];
    return [`doubled: ${content.slice(0, 16)} is at Kombo ${copies.length} times`];
  });

/** (c) What the ledger calls attached is there; what it calls rejected or superseded is not. */
const notThere = (ended: Ended): readonly string[] =>
  recordsOf(ended).flatMap(({ upload, state }) => {
    const put = ended.puts.find((candidate) => uploadId(candidate.upload) === uploadId(upload));
    if (!put) return [`invented: …${upload.etag.slice(-8)}`];
    const there = copiesOf(ended, put).length > 0;
    if (state.status === 'attached' && !there)
      return [`lost: …${upload.etag.slice(-8)} counts as attached and is not at Kombo`];
    // With `resend` nobody looks: what a lost answer left there stays untold.
    const denied =
      ended.onUnknown === 'read-back' &&
      (state.status === 'rejected' || (state.status === 'held' && !state.mayBeDelivered));
    if (denied && there) return [`untold: …${upload.etag.slice(-8)} is at Kombo and counts as ${state.status}`];
    return [];
  });

/** (d) Nothing goes to another target or integration. */
const misdirected = (ended: Ended): readonly string[] =>
  ended.kombo.attachments.flatMap((attachment) => {
    const put = ended.puts.find(({ content }) => content === attachment.content);
    const right = put && attachment.path === `/ats/candidates/${put.candidateId}/attachments`;
    return right && attachment.integrationId === integrationId ? [] : [`misdirected or damaged: to ${attachment.path}`];
  });

/** (e) */
const overloaded = ({ kombo, cap }: Ended): readonly string[] =>
  kombo.mostInFlight > cap ? [`overloaded: ${kombo.mostInFlight} calls in flight, ${cap} allowed`] : [];

/** (f) No key, name, or content in any log line. */
const leaked = ({ logged }: Ended): readonly string[] =>
  unique(
    Object.entries(secrets).flatMap(([what, marker]) =>
      logged.some((line) => line.includes(marker)) ? [`leaked: ${what} in a log line`] : [],
    ),
  );

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];
