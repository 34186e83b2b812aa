import { DatabaseSync, type SQLTagStore } from 'node:sqlite';
import type { Algorithm, ChecksumType, Content } from './checksums.ts';
import { S3Error } from './s3-error.ts';

export interface Bucket {
  readonly name: string;
  readonly createdMs: number;
  /** Null: the bucket never had versions. */
  readonly versioning: 'Enabled' | 'Suspended' | null;
}

/** The metadata of an object. */
export interface Description {
  /** The headers that GET returns: content-type and the like, and x-amz-meta-*. */
  readonly headers: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly tags: readonly (readonly [key: string, value: string])[];
}

interface Entry {
  readonly key: string;
  /** "null" when it was written while the bucket had no versions. */
  readonly id: string;
  readonly modifiedMs: number;
}

export interface StoredVersion extends Entry, Description, Content {
  /** Name of its file. */
  readonly file: string;
}

export interface DeleteMarker extends Entry {
  readonly file?: undefined;
}

export type Version = StoredVersion | DeleteMarker;
export type ListedVersion = Version & { readonly isLatest: boolean };

export interface Part extends Content {
  readonly number: number;
  readonly modifiedMs: number;
  readonly file: string;
}

export interface MultipartUpload extends Description {
  readonly id: string;
  readonly key: string;
  readonly startedMs: number;
  readonly algorithm?: Algorithm;
  readonly type: ChecksumType;
}

/**
 * `about` is the whole entry as JSON. SQLite orders text by its UTF-8 bytes, as S3 orders keys. Committed data survives
 * a kill of the process. Recursive triggers also run for rows that REPLACE removes. The number of a deleted version is
 * kept, because a listing may continue from it.
 */
const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA recursive_triggers = ON;
  CREATE TABLE IF NOT EXISTS bucket (name TEXT PRIMARY KEY, createdMs INTEGER NOT NULL, versioning TEXT) STRICT;
  CREATE TABLE IF NOT EXISTS version (
    number INTEGER PRIMARY KEY AUTOINCREMENT, bucket TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL, about TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS one_version ON version (bucket, key, id);
  CREATE INDEX IF NOT EXISTS newest_first ON version (bucket, key, number DESC);
  CREATE TABLE IF NOT EXISTS upload (
    id TEXT PRIMARY KEY, bucket TEXT NOT NULL REFERENCES bucket ON DELETE CASCADE, key TEXT NOT NULL, about TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS part (
    upload TEXT NOT NULL REFERENCES upload ON DELETE CASCADE, number INTEGER NOT NULL, about TEXT NOT NULL,
    PRIMARY KEY (upload, number)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS gone (
    bucket TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (bucket, key, id)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS unused (file TEXT) STRICT;
  CREATE TRIGGER IF NOT EXISTS version_is_gone AFTER DELETE ON version
    BEGIN INSERT INTO unused VALUES (OLD.about ->> 'file'); END;
  CREATE TRIGGER IF NOT EXISTS version_was_there AFTER DELETE ON version
    BEGIN REPLACE INTO gone VALUES (OLD.bucket, OLD.key, OLD.id, OLD.number); END;
  CREATE TRIGGER IF NOT EXISTS part_is_gone AFTER DELETE ON part
    BEGIN INSERT INTO unused VALUES (OLD.about ->> 'file'); END;
`;

type Row = Readonly<Record<string, unknown>>;

const aboutOf = <T>(row: Row | undefined): T | undefined => (row ? JSON.parse(String(row.about)) : undefined);
const aboutEach = <T>(rows: readonly Row[]): readonly T[] => rows.map(({ about }) => JSON.parse(String(about)));
const filesIn = (rows: readonly Row[]): readonly string[] =>
  rows.flatMap(({ file }) => (file === null ? [] : [String(file)]));

/** The content of every bucket, stored on disk. */
export class BucketIndex {
  readonly #database: DatabaseSync;
  readonly #sql: SQLTagStore;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec(schema);
    this.#sql = this.#database.createTagStore();
  }

  /**
   * Applies all changes of `work` or none. No other change comes between them, or between a check in `work` and a
   * change.
   */
  transaction<T>(work: () => T): { readonly result: T; readonly unusedFiles: readonly string[] } {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      const unusedFiles = filesIn(this.#sql.all`DELETE FROM unused RETURNING file`);
      this.#database.exec('COMMIT');
      return { result, unusedFiles };
    } catch (error) {
      // On a full disk, SQLite has already rolled back.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  files(): readonly string[] {
    return filesIn(this.#sql.all`SELECT about ->> 'file' AS file FROM version UNION SELECT about ->> 'file' FROM part`);
  }

  buckets(): readonly Bucket[] {
    return this.#sql.all`SELECT * FROM bucket ORDER BY name` as unknown as readonly Bucket[];
  }

  findBucket(name: string): Bucket | undefined {
    return this.#sql.get`SELECT * FROM bucket WHERE name = ${name}` as Bucket | undefined;
  }

  bucket(name: string): Bucket {
    const found = this.findBucket(name);
    if (!found) throw new S3Error('NoSuchBucket', { elements: { BucketName: name } });
    return found;
  }

  putBucket({ name, createdMs, versioning }: Bucket): void {
    this.#sql.run`INSERT INTO bucket VALUES (${name}, ${createdMs}, ${versioning})
      ON CONFLICT DO UPDATE SET versioning = excluded.versioning`;
  }

  /** Deletes its open uploads too. */
  deleteBucket(name: string): void {
    this.#sql.run`DELETE FROM bucket WHERE name = ${name}`;
  }

  /**
   * Versions in key order from the prefix on, for each key the newest first.
   * @param after the last key that the caller has received
   * @param afterNumber the last version of that key that the caller has received; without it, the caller has received
   *   them all
   */
  *versions(bucket: string, prefix: string, after = '', afterNumber = 0): Generator<ListedVersion> {
    const rows = this.#sql.iterate`SELECT key, about FROM version
      WHERE bucket = ${bucket} AND key >= max(${prefix}, ${after}) AND (key <> ${after} OR number < ${afterNumber})
      ORDER BY key, number DESC`;
    let previous: unknown = after;
    for (const { key, about } of rows) {
      yield Object.assign(JSON.parse(String(about)), { isLatest: key !== previous });
      previous = key;
    }
  }

  /** The number of a version that exists or has existed; later versions have larger numbers. */
  numberOf(bucket: string, key: string, id: string): number | undefined {
    return this.#sql.get`SELECT number FROM version WHERE bucket = ${bucket} AND key = ${key} AND id = ${id}
      UNION SELECT number FROM gone WHERE bucket = ${bucket} AND key = ${key} AND id = ${id}
      ORDER BY number DESC`?.number as number | undefined;
  }

  newest(bucket: string, key: string): Version | undefined {
    return aboutOf(
      this.#sql.get`SELECT about FROM version WHERE bucket = ${bucket} AND key = ${key} ORDER BY number DESC LIMIT 1`,
    );
  }

  version(bucket: string, key: string, id: string): Version | undefined {
    return aboutOf(this.#sql.get`SELECT about FROM version WHERE bucket = ${bucket} AND key = ${key} AND id = ${id}`);
  }

  /**
   * Adds the newest version, replacing a version with the same id.
   * @returns a number that grows with every version, also across restarts
   */
  addVersion(bucket: string, version: Version): number {
    const { key, id } = version;
    const about = JSON.stringify(version);
    return Number(
      this.#sql.run`REPLACE INTO version (bucket, key, id, about) VALUES (${bucket}, ${key}, ${id}, ${about})`
        .lastInsertRowid,
    );
  }

  changeVersion(bucket: string, version: Version): void {
    const { key, id } = version;
    const about = JSON.stringify(version);
    this.#sql.run`UPDATE version SET about = ${about} WHERE bucket = ${bucket} AND key = ${key} AND id = ${id}`;
  }

  deleteVersion(bucket: string, key: string, id: string): void {
    this.#sql.run`DELETE FROM version WHERE bucket = ${bucket} AND key = ${key} AND id = ${id}`;
  }

  uploads(bucket: string): readonly MultipartUpload[] {
    return aboutEach(this.#sql.all`SELECT about FROM upload WHERE bucket = ${bucket} ORDER BY key, rowid`);
  }

  upload(bucket: string, key: string, id: string): MultipartUpload | undefined {
    return aboutOf(this.#sql.get`SELECT about FROM upload WHERE bucket = ${bucket} AND key = ${key} AND id = ${id}`);
  }

  addUpload(bucket: string, upload: MultipartUpload): void {
    this.#sql.run`INSERT INTO upload VALUES (${upload.id}, ${bucket}, ${upload.key}, ${JSON.stringify(upload)})`;
  }

  deleteUpload(id: string): void {
    this.#sql.run`DELETE FROM upload WHERE id = ${id}`;
  }

  parts(uploadId: string): readonly Part[] {
    return aboutEach(this.#sql.all`SELECT about FROM part WHERE upload = ${uploadId} ORDER BY number`);
  }

  part(uploadId: string, number: number): Part | undefined {
    return aboutOf(this.#sql.get`SELECT about FROM part WHERE upload = ${uploadId} AND number = ${number}`);
  }

  /** Replaces an earlier part with the same number. */
  addPart(uploadId: string, part: Part): void {
    this.#sql.run`REPLACE INTO part VALUES (${uploadId}, ${part.number}, ${JSON.stringify(part)})`;
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}
