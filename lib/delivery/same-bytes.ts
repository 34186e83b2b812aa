import { sleep } from '../clock.ts';
import type { Courier } from '../courier.ts';
import type { Deadline } from '../deadline.ts';
import type { FailureDetail } from '../failures/failures.ts';
import type { KeyMatch } from '../key-template/match-key.ts';
import { type LedgerRecord, mayHaveArrived, type State } from '../ledger/record.ts';
import { laterFloorFactor, maxBackoffMs, maxOtherUploads, settleWaitsMs } from '../limits.ts';
import type { Checksum, ChecksumAlgorithm } from '../stream/checksum.ts';
import { contentByEntityTag } from '../upload/file-content.ts';
import type { Target } from '../upload/target.ts';
import { parseUploadId, type Upload, uploadId } from '../upload/upload.ts';
import { failWith } from './attempt-report.ts';
import type { BeforeSending } from './delivery-options.ts';
import { digestObject } from './digest-object.ts';

/**
 * Detects an upload whose bytes an earlier upload of the same key has already delivered. SSE-KMS, different part sizes
 * and in-place copies give equal bytes another ETag, and so another record. Such an upload is recorded as attached
 * without a POST; while the earlier upload may still be delivered, it waits.
 * An upload is sent only when no other one is being sent, so at most one of two concurrent claims is sent. To avoid a
 * deadlock, the later claim gives way, and the other one waits until that is recorded.
 * The index by target is eventually consistent, so an upload that was first seen a moment ago may be missed.
 * @param own as written by its claim
 */
export const sameBytesBefore =
  (own: LedgerRecord, match: KeyMatch, deadline: Deadline, courier: SameBytesCourier): BeforeSending =>
  async ({ sizeBytes, identity }) => {
    // An MD5 identity is the ETag itself, so every other record of the key has different bytes.
    if (!identity || identity.algorithm === 'MD5' || isForced(own)) return undefined;
    const { ledger, clock, settings } = courier;
    const ours = {
      sizeBytes,
      checksum: onePerAlgorithm(identity, (algorithm) => digestObject(own.upload, algorithm, deadline, courier)),
    };
    const look = async (): Promise<Found | undefined> => {
      const others = await othersOfKey(own.upload, match, ledger).catch(() => undefined);
      if (!others) return { kind: 'unreadable' };
      return foundAmong(await onlySame(others, ours), own);
    };
    let found = await look();
    for (const waitMs of settleWaitsMs) {
      if (found?.kind !== 'gives-way') break;
      await sleep(clock, waitMs);
      found = await look();
    }
    switch (found?.kind) {
      case undefined:
        return undefined;
      case 'unreadable':
        return failWith(othersUnreadable);
      case 'attached':
        return { kind: 'same-bytes', attachedAt: found.attachedAt };
      case 'gives-way':
      case 'undecided': {
        const now = clock.now();
        const soonest = now + laterFloorFactor * settings.retryBaseMs;
        return { ...failWith(undecidedYet(found.by)), waitsUntil: waitsUntil(found.by.state, soonest, now) };
      }
    }
  };

type SameBytesCourier = Pick<Courier, 'ledger' | 'storage' | 'clock' | 'settings'>;

type Found =
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'attached'; readonly attachedAt: number }
  /** It will soon record that it waits for us. If it checked before our claim was written, it is sent instead. */
  | { readonly kind: 'gives-way'; readonly by: LedgerRecord }
  | { readonly kind: 'undecided'; readonly by: LedgerRecord };

const foundAmong = (same: readonly LedgerRecord[], own: LedgerRecord): Found | undefined => {
  for (const { state } of same) {
    if (state.status === 'attached') return { kind: 'attached', attachedAt: state.attachedAt };
  }
  const ahead = same.find((other) => !givesWay(other, own));
  if (ahead) return { kind: 'undecided', by: ahead };
  const [later] = same;
  return later && { kind: 'gives-way', by: later };
};

/**
 * Returns the uploads that are attached with our bytes, and the undecided ones that may have them. An upload's checksum
 * is known only after an attempt; until then only its length can rule it out. If the function of the other upload
 * crashed, its record may have a different kind of checksum from the one that S3 stores for our object. Only then our
 * object is read, once, to compute that kind.
 */
const onlySame = async (others: readonly LedgerRecord[], ours: OurContent): Promise<readonly LedgerRecord[]> => {
  const same: LedgerRecord[] = [];
  for (const other of others) {
    const { content, upload, state } = other;
    // Some ETags only look like an MD5. While an upload is open, its checksum may still become known, so its ETag does
    // not rule it out.
    const isOpen = state.status === 'sending' || state.status === 'unknown';
    const known = content ?? (isOpen ? undefined : contentByEntityTag(upload));
    const mayBeOurs = (known?.sizeBytes ?? upload.sizeBytes ?? ours.sizeBytes) === ours.sizeBytes;
    if (!mayBeOurs || !((known && state.status === 'attached') || mayBringThem(other))) continue;
    if (!known || (await ours.checksum(known.checksum.algorithm)) === known.checksum.value) same.push(other);
  }
  return same;
};

interface OurContent {
  readonly sizeBytes: number;
  readonly checksum: (algorithm: ChecksumAlgorithm) => string | Promise<string>;
}

/** Our checksum of each kind: S3 stores one of them, and each of the others costs a reading of the object. */
const onePerAlgorithm = (
  { algorithm: stored, value }: Checksum,
  compute: (algorithm: ChecksumAlgorithm) => Promise<string>,
): OurContent['checksum'] => {
  const known = new Map<ChecksumAlgorithm, string | Promise<string>>([[stored, value]]);
  return (algorithm) => {
    const checksum = known.get(algorithm) ?? compute(algorithm);
    known.set(algorithm, checksum);
    return checksum;
  };
};

/**
 * The other records with the same bucket, key, target and type. Unreadable records are skipped, because they show
 * neither bytes nor state.
 */
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
    // Bounded, because every delivery pays for this query.
    if (listed === maxOtherUploads) break;
  }
  if (ids.length === 0) return [];
  // The index can lag behind the table, so it only supplies the ids; the records are read from the table.
  const entries = await ledger.readMany(ids);
  return [...entries.values()].flatMap((entry) => {
    if (!entry.readable) return [];
    const { record } = entry;
    const type = record.sent?.type ?? record.attachmentType;
    return isSameTarget(record.target, target) && type === attachmentType ? [record] : [];
  });
};

/** Compares all parts: the templates may have changed since, and an id means another person in another integration. */
const isSameTarget = (a: Target | undefined, b: Target): boolean =>
  a !== undefined && a.kind === b.kind && a.id === b.id && a.integrationId === b.integrationId;

/** An operator had it sent again, so it is sent whatever is attached. */
const isForced = ({ resentAt, note }: LedgerRecord): boolean => resentAt !== undefined || note?.action === 'resend';

/**
 * Whether its bytes are being delivered or may have been. A waiting upload has not been delivered. It makes the same
 * check before it is sent, unless it is forced.
 */
const mayBringThem = (other: LedgerRecord): boolean =>
  other.state.status === 'sending' ||
  mayHaveArrived(other.state) ||
  (other.state.status === 'waiting' && isForced(other));

/** Any order works, as long as both uploads see the same one. */
const givesWay = (other: LedgerRecord, own: LedgerRecord): boolean => {
  if (other.state.status !== 'sending' || isForced(other)) return false;
  const [its, ours] = [other.attemptedAt ?? other.createdAt, own.attemptedAt ?? own.createdAt];
  return ours < its || (ours === its && uploadId(own.upload) < uploadId(other.upload));
};

/** Waits at least until the other upload is checked. For a held one that takes longer, because an operator must act. */
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
