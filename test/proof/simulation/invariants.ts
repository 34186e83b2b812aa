import { laneKey } from '../../../lib/lane/lane-item.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { fromItem } from '../../../lib/ledger/record-item.ts';
import type { Target } from '../../../lib/upload/target.ts';
import { parseUploadId, uploadId } from '../../../lib/upload/upload.ts';
import { mistypedIntegration, secrets } from './courier.ts';
import type { Ended } from './history.ts';
import type { Put } from './planned-files.ts';
import type { Trouble } from './simulated-account.ts';
import type { SimulatedAttachment } from './simulated-kombo.ts';

/** The broken promises, checked on the final state after faults have stopped and time has passed. Empty when all were kept. */
export const brokenPromises = (ended: Ended): readonly string[] => [
  ...unsettled(ended),
  ...doubled(ended),
  ...notThere(ended),
  ...misdirected(ended),
  ...overloaded(ended),
  ...leaked(ended),
  ...endless(ended),
  ...busyInOutage(ended),
  ...pausedByMistake(ended),
  ...ended.watched,
];

const recordsOf = ({ table }: Ended): readonly LedgerRecord[] =>
  table
    .items()
    .filter(({ pk }) => !/^(?:(?:pause|lane)#|sweep$)/.test(pk))
    .map(fromItem);

/** (a) Every upload is in a terminal state or in one that an operator can list; every object in the bucket has a record. */
const unsettled = (ended: Ended): readonly string[] => {
  const records = recordsOf(ended);
  const open = records
    .filter(({ state }) => state.status === 'sending' || state.status === 'waiting' || state.status === 'unknown')
    .map(({ upload, state }) => `lost: …${upload.etag.slice(-8)} is still ${state.status}`);
  const byId = new Map(records.map((record) => [uploadId(record.upload), record]));
  const forgotten = ended.puts
    .filter(({ upload }) => ended.bucket.files.get(upload.key)?.etag === upload.etag)
    .filter(({ upload }) => (byId.get(uploadId(upload))?.state.status ?? 'superseded') === 'superseded')
    .map(({ upload }) => `lost: …${upload.etag.slice(-8)} is in the bucket but not in the ledger`);
  return [...open, ...new Set(forgotten)];
};

/** Files that we put there, without those of recruiters. */
const sentTo = ({ kombo }: Ended, { target, content }: Put): number =>
  kombo.attachments.filter((file) => !file.stranger && file.content === content && isAt(file, target)).length;

const isAt = ({ target: { kind, id }, integrationId }: SimulatedAttachment, target: Target): boolean =>
  isSameTarget({ kind, id, integrationId }, target);

const isSameTarget = (a: Target, b: Target): boolean =>
  a.kind === b.kind && a.id === b.id && a.integrationId === b.integrationId;

/** The uploads of the same bytes for the same target: each of them is one attachment. */
const uploadsLike = ({ puts }: Ended, { target, content }: Put): ReadonlySet<string> =>
  new Set(
    puts
      .filter((put) => put.content === content && isSameTarget(put.target, target))
      .map(({ upload }) => uploadId(upload)),
  );

/** Equal bytes under one key are one file, whatever ETags a copy in place gave them. */
const filesLike = (ended: Ended, put: Put): number =>
  new Set([...uploadsLike(ended, put)].map((id) => parseUploadId(id)?.key)).size;

/** (b) At most one attachment per file; with `resend`, more only after a lost answer. */
const doubled = (ended: Ended): readonly string[] =>
  unique(
    ended.puts.flatMap((put) => {
      const copies = sentTo(ended, put);
      const allowed = filesLike(ended, put);
      const answered = ended.kombo.attachments.filter(
        (file) => file.content === put.content && isAt(file, put.target) && file.told(),
      ).length;
      if (copies <= allowed || (ended.onUnknown === 'resend' && answered <= allowed)) return [];
      return [`doubled: ${put.content.slice(0, 16)} is at ${put.target.id} ${copies} times`];
    }),
  );

/**
 * (c) A file that is attached in the ledger is among the files that the listing of its target covers, even if a recruiter put it
 * there; a file that is rejected, or held and known not to be delivered, is not there.
 */
const notThere = (ended: Ended): readonly string[] =>
  recordsOf(ended).flatMap(({ upload, state }) => {
    const put = ended.puts.find((candidate) => uploadId(candidate.upload) === uploadId(upload));
    if (!put) return [`invented: …${upload.etag.slice(-8)}`];
    const covered = ended.kombo.coveredBy(put.target, ended.tool.habits);
    if (state.status === 'attached' && !covered.some(({ content }) => content === put.content))
      return [`lost: …${upload.etag.slice(-8)} counts as attached but is not at Kombo`];
    // With `resend` there is no look at the target, so a copy of an attempt with a lost answer is not known.
    if (ended.onUnknown === 'resend' || !isDenied(state)) return [];
    const others = [...uploadsLike(ended, put)].filter((id) => {
      const other = recordsOf(ended).find((record) => uploadId(record.upload) === id);
      return other && !isDenied(other.state);
    });
    if (sentTo(ended, put) > others.length)
      return [`untold: …${upload.etag.slice(-8)} is at Kombo but counts as ${state.status}`];
    return [];
  });

const isDenied = (state: LedgerRecord['state']): boolean =>
  state.status === 'rejected' || (state.status === 'held' && !state.mayBeDelivered);

/** (d) No file goes to another target or integration. */
const misdirected = (ended: Ended): readonly string[] =>
  ended.kombo.attachments.flatMap((file) => {
    const isRight = ended.puts.some((put) => put.content === file.content && isAt(file, put.target));
    return file.stranger || isRight ? [] : [`misdirected or damaged: to ${file.target.id}`];
  });

/** (g) A file is sent at most three times without a known outcome. */
const endless = (ended: Ended): readonly string[] =>
  recordsOf(ended).flatMap(({ upload, unknownAttempts = 0 }) =>
    unknownAttempts > 3
      ? [`endless: …${upload.etag.slice(-8)} was sent ${unknownAttempts} times without an answer`]
      : [],
  );

/** (e) */
const overloaded = ({ kombo, cap }: Ended): readonly string[] =>
  kombo.mostInFlight > cap ? [`overloaded: ${kombo.mostInFlight} calls in flight, ${cap} allowed`] : [];

/** (h) During an outage there is at most one call a minute, in addition to the calls that detect it. */
const busyInOutage = ({ kombo: { account }, puts }: Ended): readonly string[] =>
  (account?.troubles ?? []).flatMap((trouble, _, all) => {
    const looks = pausesNoLane(trouble, all) ? looksPerHour * puts.length : 0;
    const allowed = callsThatFindOut + looks + (trouble.until - trouble.from) / 60_000;
    return [...(account?.callsDuring(trouble) ?? [])].flatMap(([integration, calls]) =>
      calls > allowed ? [`busy: ${calls} calls for ${integration} in an outage that allows ${allowed}`] : [],
    );
  });

/**
 * Then each file is sent or looked for with its own backoff. The load balancer's answers count for the account, which a listing or
 * a success of another integration opens again; and when Kombo throttles the POSTs, none of them meets the outage.
 */
const pausesNoLane = (outage: Trouble, all: readonly Trouble[]): boolean => {
  if (outage.kind !== 'outage') return false;
  const isThrottled = ({ kind, from, until }: Trouble): boolean =>
    kind === 'throttled' && from < outage.until && until > outage.from;
  const meetsAll = outage.integrationId === undefined && outage.listing;
  return (outage.how === 'balancer' && !meetsAll) || all.some(isThrottled);
};

/** A preflight and a POST of each file that is being sent when the outage starts, and the listings that follow. */
const callsThatFindOut = 40;

/** The ordinary backoff doubles from 30 seconds, so there are seven looks in the first hour. */
const looksPerHour = 7;

/** (i) An id that Kombo does not know is the uploader's mistake, and not a reason to pause. */
const pausedByMistake = ({ table }: Ended): readonly string[] =>
  table.get(laneKey(mistypedIntegration))?.code === 'PLATFORM.INTEGRATION_NOT_FOUND'
    ? ['paused: an integration that does not exist']
    : [];

/** (f) No log line contains a key, a name or content. */
const leaked = ({ logged }: Ended): readonly string[] =>
  unique(
    Object.entries(secrets).flatMap(([what, marker]) =>
      logged.some((line) => line.includes(marker)) ? [`leaked: ${what} in a log line`] : [],
    ),
  );

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];
