import { sleep } from '../clock.ts';
import type { Courier } from '../courier.ts';
import type { Deadline } from '../deadline.ts';
import type { FailureDetail } from '../failures/failures.ts';
import type { KeyMatch } from '../key-template/match-key.ts';
import { type LedgerRecord, mayHaveArrived, type State } from '../ledger/record.ts';
import { laterFloorFactor, maxBackoffMs, maxOtherUploads, settleWaitsMs } from '../limits.ts';
import type { ChecksumAlgorithm } from '../stream/checksum.ts';
import { contentByEntityTag, type FileContent } from '../upload/file-content.ts';
import type { Target } from '../upload/target.ts';
import { parseUploadId, type Upload, uploadId } from '../upload/upload.ts';
import { failWith } from './attempt-report.ts';
import type { BeforeSending } from './delivery-options.ts';
import { digestObject } from './digest-object.ts';

/**
 * SSE-KMS, other part sizes and copies in place give equal bytes another ETag, and so a record of their own. An upload of
 * bytes that an earlier upload of its key has brought to the target is attached as that one, without a POST; while the
 * earlier one may still bring them, it waits.
 * An upload is sent only when no other one is being sent, so of two that claim concurrently at most one is. So that two never
 * wait for each other, the one that was claimed later gives way, and the other one gives it the time to write that down.
 * The index of the targets is eventually consistent: an upload that was first seen a moment ago may not be found.
 * @param own as its claim has written it
 */
export const sameBytesBefore =
  (own: LedgerRecord, match: KeyMatch, deadline: Deadline, courier: SameBytesCourier): BeforeSending =>
  async ({ sizeBytes, identity }) => {
    // An MD5 is the entity tag itself, so the bytes of every other record of the key are others.
    if (!identity || identity.algorithm === 'MD5' || isForced(own)) return undefined;
    const content = { sizeBytes, checksum: identity };
    const { ledger, clock, settings } = courier;
    const look = async (): Promise<Found> => {
      const others = await othersOfKey(own.upload, match, ledger).catch(() => undefined);
      if (!others) return { kind: 'unreadable' };
      const same = await onlySame(others, content, (algorithm) =>
        digestObject(own.upload, algorithm, deadline, courier),
      );
      return foundAmong(same, own);
    };
    let found = await look();
    for (const waitMs of settleWaitsMs) {
      if (found.kind !== 'gives-way') break;
      await sleep(clock, waitMs);
      found = await look();
    }
    switch (found.kind) {
      case 'nothing':
        return undefined;
      case 'unreadable':
        return failWith(othersUnreadable);
      case 'attached':
        return { kind: 'same-bytes', attachedAt: found.attachedAt };
      default: {
        const now = clock.now();
        const soonest = now + laterFloorFactor * settings.retryBaseMs;
        return { ...failWith(undecidedYet(found.by)), waitsUntil: waitsUntil(found.by.state, soonest, now) };
      }
    }
  };

type SameBytesCourier = Pick<Courier, 'ledger' | 'storage' | 'clock' | 'settings'>;

type Found =
  | { readonly kind: 'nothing' | 'unreadable' }
  | { readonly kind: 'attached'; readonly attachedAt: number }
  /** It will write down in a moment that it waits for us, unless it asked before our claim was written: then it is sent. */
  | { readonly kind: 'gives-way'; readonly by: LedgerRecord }
  | { readonly kind: 'undecided'; readonly by: LedgerRecord };

const foundAmong = (same: readonly LedgerRecord[], own: LedgerRecord): Found => {
  for (const { state } of same) {
    if (state.status === 'attached') return { kind: 'attached', attachedAt: state.attachedAt };
  }
  const undecided = same.filter(mayBringThem);
  const ahead = undecided.find((other) => !givesWay(other, own));
  if (ahead) return { kind: 'undecided', by: ahead };
  const [later] = undecided;
  return later ? { kind: 'gives-way', by: later } : { kind: 'nothing' };
};

/**
 * Those that are attached with our bytes, and those that are not decided and may have them: bytes are known only once an
 * attempt has ended, and until then their length may show that they are others. What is known of an upload whose function
 * crashed may be another checksum than S3 keeps of our object: only then our object is read for it.
 */
const onlySame = async (
  others: readonly LedgerRecord[],
  ours: FileContent,
  digest: (algorithm: ChecksumAlgorithm) => Promise<string>,
): Promise<readonly LedgerRecord[]> => {
  const same: LedgerRecord[] = [];
  for (const other of others) {
    const { content, upload, state } = other;
    // Some entity tags only look like an MD5. While more may become known of its bytes, a tag rules nothing out.
    const isOpen = state.status === 'sending' || state.status === 'unknown';
    const known = content ?? (isOpen ? undefined : contentByEntityTag(upload));
    const mayBeOurs = (known?.sizeBytes ?? upload.sizeBytes ?? ours.sizeBytes) === ours.sizeBytes;
    if (!mayBeOurs || !((known && state.status === 'attached') || mayBringThem(other))) continue;
    if (!known || (await checksumFor(ours, known.checksum.algorithm, digest)) === known.checksum.value)
      same.push(other);
  }
  return same;
};

const checksumFor = async (
  { checksum }: FileContent,
  algorithm: ChecksumAlgorithm,
  digest: (algorithm: ChecksumAlgorithm) => Promise<string>,
): Promise<string> => (checksum.algorithm === algorithm ? checksum.value : digest(algorithm));

/** The other records of the same bucket, key, target and type. An unreadable one shows neither its bytes nor its state. */
const othersOfKey = async (
  upload: Upload,
  { target, attachmentType }: KeyMatch,
  ledger: Courier['ledger'],
): Promise<readonly LedgerRecord[]> => {
  const ids: string[] = [];
  let listed = 0;
  for await (const id of ledger.idsOfTarget(target)) {
    const other = parseUploadId(id);
    if (other?.bucket === upload.bucket && other.key === upload.key && id !== uploadId(upload)) ids.push(id);
    listed += 1;
    // Each delivery pays for this reading, so it has an end.
    if (listed === maxOtherUploads) break;
  }
  if (ids.length === 0) return [];
  // The index is behind the table at times, so it only names the records; they are read from the table.
  const entries = await ledger.readMany(ids);
  return [...entries.values()].flatMap((entry) => {
    if (!entry.readable) return [];
    const { record } = entry;
    const type = record.sent?.type ?? record.attachmentType;
    return isSameTarget(record.target, target) && type === attachmentType ? [record] : [];
  });
};

/** The templates may have named another target at that time, and the same id under another integration is another person. */
const isSameTarget = (a: Target | undefined, b: Target): boolean =>
  a !== undefined && a.kind === b.kind && a.id === b.id && a.integrationId === b.integrationId;

/** An operator had it sent again: it goes out whatever is attached. */
const isForced = ({ resentAt, note }: LedgerRecord): boolean => resentAt !== undefined || note?.action === 'resend';

/**
 * Whether it brings its bytes to the target, or may have. What waits is known not to be delivered, and asks the same
 * question as we do before it is sent, unless it is forced.
 */
const mayBringThem = (other: LedgerRecord): boolean =>
  other.state.status === 'sending' ||
  mayHaveArrived(other.state) ||
  (other.state.status === 'waiting' && isForced(other));

/** Any order will do, as long as both see the same one. */
const givesWay = (other: LedgerRecord, own: LedgerRecord): boolean => {
  if (other.state.status !== 'sending' || isForced(other)) return false;
  const [its, ours] = [other.attemptedAt ?? other.createdAt, own.attemptedAt ?? own.createdAt];
  return ours < its || (ours === its && uploadId(own.upload) < uploadId(other.upload));
};

/** Not before the other is looked at; an operator takes longer than a minute. */
const waitsUntil = (state: State, soonest: number, now: number): number => {
  const latest = now + maxBackoffMs;
  switch (state.status) {
    case 'unknown':
    case 'waiting':
      return Math.max(soonest, Math.min(state.dueAt, latest));
    case 'held':
      return Math.max(soonest, latest);
    default:
      return soonest;
  }
};

const undecidedYet = ({ upload, state }: LedgerRecord): FailureDetail => ({
  code: 'SAME_BYTES_UNDECIDED',
  detail: `The upload of this key with the ETag ${upload.etag} is ${state.status}, and may have the same bytes.`,
});

const othersUnreadable = {
  code: 'LEDGER_UNAVAILABLE',
  detail: 'The other uploads of the key could not be read after the claim.',
} as const;
