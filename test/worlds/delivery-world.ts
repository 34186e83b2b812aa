import type { Settings } from '../../lib/config/config.ts';
import type { Courier } from '../../lib/courier.ts';
import { type Deadline, deadlineIn } from '../../lib/deadline.ts';
import type { ApiKey } from '../../lib/kombo/api-key.ts';
import { createLoad } from '../../lib/kombo/load.ts';
import { restrictionsCache } from '../../lib/kombo/restrictions-cache.ts';
import { lanesOn } from '../../lib/lane/lane-store.ts';
import { type LedgerEntry, ledgerOn } from '../../lib/ledger/ledger.ts';
import type { LedgerRecord } from '../../lib/ledger/record.ts';
import { toItem } from '../../lib/ledger/record-item.ts';
import type { Measures, Outcome } from '../../lib/outcome.ts';
import { fail, ok } from '../../lib/result.ts';
import type { Checksum } from '../../lib/stream/checksum.ts';
import type { Storage } from '../../lib/upload/storage.ts';
import { type Upload, uploadId } from '../../lib/upload/upload.ts';
import { chunksOf } from '../fakes/chunks.ts';
import { checksumOfBytes, pdf } from '../fakes/files.ts';
import { integrationId, minute, nine } from '../fakes/ledger-samples.ts';
import { type ManualClock, manualClock } from '../fakes/manual-clock.ts';
import { type MemoryTable, memoryTable } from '../fakes/memory-table.ts';
import { type ScriptedKombo, scriptedKombo } from '../fakes/scripted-kombo.ts';
import { settingsWith } from '../fakes/settings.ts';

const settings = settingsWith({
  KEY_TEMPLATES: 'candidates/{candidate_id}/{filename}|named/{integration_id}/{candidate_id}/{filename}',
  ALLOWED_TYPES: 'pdf',
  KOMBO_INTEGRATION_ID: integrationId,
  MAX_BYTES: '10000',
});

/** The real library with a bucket, a table, a Kombo and a clock that the test controls. */
export interface DeliveryWorld {
  readonly clock: ManualClock;
  readonly table: MemoryTable;
  readonly kombo: ScriptedKombo;
  readonly bucket: Map<string, StoredFile>;
  readonly observed: readonly { readonly outcome: Outcome; readonly measures: Measures }[];
  readonly logged: readonly unknown[];
  /** A new function in the same world, with its own warm state. */
  newCourier(change?: Partial<Settings>): Courier;
  /** Puts a file into the bucket, and returns the upload that its event would describe. */
  put(key: string, file?: Partial<StoredFile>): Upload;
  recordOf(upload: Upload): Promise<LedgerRecord>;
  /** Writes this record, as another invocation would have. */
  store(record: LedgerRecord): LedgerRecord;
  /** Makes the record of this upload, or the item with this key, unreadable. */
  damage(what: Upload | string): void;
  /** The end of the function, five minutes from now. */
  deadline(durationMs?: number): Deadline;
  /** Does the work while time passes in steps of 50 ms. */
  run<T>(work: Promise<T>): Promise<T>;
}

export interface StoredFile {
  readonly etag: string;
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly modifiedAt?: number;
  /** The checksum that S3 reports; the CRC64NVME of the bytes by default. */
  readonly identity?: Checksum;
}

export const bucketName = 'cv-inbox';

export const deliveryWorld = (
  apiKey: ApiKey = { current: async () => 'key-1', refresh: async () => false, version: async () => 'version-1' },
): DeliveryWorld => {
  const clock = manualClock(nine);
  const table = memoryTable();
  const kombo = scriptedKombo(clock.now);
  const bucket = new Map<string, StoredFile>();
  const observed: { outcome: Outcome; measures: Measures }[] = [];
  const logged: unknown[] = [];
  const storage = storageOf(bucket);
  let uuids = 0;
  const uuid = (): string => `uuid-${++uuids}`;
  const log = (message: string, fields: object): void => void logged.push({ message, ...fields });

  return {
    clock,
    table,
    kombo,
    bucket,
    observed,
    logged,
    newCourier: (change = {}) => ({
      settings: { ...settings, ...change },
      clock,
      random: () => 0.5,
      uuid,
      apiKey,
      kombo,
      links: kombo.links,
      restrictions: restrictionsCache(kombo, clock),
      load: createLoad(clock, 1),
      storage,
      table,
      ledger: ledgerOn({ table, clock, uuid, retentionDays: 400 }),
      lanes: lanesOn(table, clock),
      observe: (outcome, measures) => void observed.push({ outcome, measures }),
      log: { info: log, warn: log, error: log },
    }),
    put: (key, change = {}) => {
      const file = { etag: `etag-${bucket.size}`, bytes: pdf, contentType: 'application/pdf', metadata: {}, ...change };
      bucket.set(key, file);
      return { bucket: bucketName, key, etag: file.etag, sizeBytes: file.bytes.length };
    },
    recordOf: async (upload) => {
      const known: LedgerEntry | undefined = await ledgerOn({ table, clock, uuid, retentionDays: 400 }).read(
        uploadId(upload),
      );
      if (!known?.readable) throw new Error('There is no readable record.');
      return known.record;
    },
    store: (record) => {
      const item = toItem(record, 400);
      table.items.set(item.pk, item);
      return record;
    },
    damage: (what) => {
      const pk = typeof what === 'string' ? what : uploadId(what);
      const item = table.items.get(pk);
      if (!item) throw new Error(`There is no item ${pk}.`);
      table.items.set(pk, { ...item, document: '{"layout":99,"name":"Frank Doe"}' });
    },
    deadline: (durationMs = 5 * minute) => deadlineIn(clock, durationMs),
    run: async (work) => {
      let done = false;
      const ended = work.finally(() => {
        done = true;
      });
      ended.catch(() => undefined);
      while (!done) {
        // Everything that can continue without time passing does so first.
        for (let turn = 0; turn < 30 && !done; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        if (!done) clock.advance(50);
      }
      return ended;
    },
  };
};

const storageOf = (bucket: ReadonlyMap<string, StoredFile>): Storage => {
  const open: Storage['open'] = async ({ key, etag }) => {
    const file = bucket.get(key);
    if (!file) return fail('OBJECT_DELETED', 'S3 answered NoSuchKey (HTTP 404).');
    if (file.etag !== etag) return fail('OBJECT_REPLACED', 'The object under the key has another ETag now.');
    return ok({
      identity: checksumOfBytes(file.bytes),
      ...file,
      sizeBytes: file.bytes.length,
      chunks: chunksOf(file.bytes),
      close: () => undefined,
    });
  };
  return {
    open,
    openVersion: open,
    find: async () => fail('STORAGE_UNAVAILABLE', 'This world does not search for objects.'),
    list: async () => fail('STORAGE_UNAVAILABLE', 'This world does not list objects.'),
    link: async () => 'https://cv-inbox.example/secret-link',
  };
};
