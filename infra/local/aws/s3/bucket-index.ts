import type { Algorithm, Checksum, ChecksumType } from './checksums.ts';
import { SortedKeys } from './sorted-keys.ts';

/** What an upload says about an object, besides its bytes. */
export interface Description {
  /** As they are sent back: content-type and the like, and x-amz-meta-*. */
  readonly headers: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly tags: readonly (readonly [key: string, value: string])[];
}

export interface Version extends Description {
  /** "null" when it was written while the bucket had no versions. */
  readonly id: string;
  /** Name of its file; a delete marker has none. */
  readonly file?: string;
  readonly sizeBytes: number;
  readonly etag: string;
  readonly modifiedMs: number;
  readonly checksum?: Checksum;
}

export interface Part {
  readonly file: string;
  readonly sizeBytes: number;
  readonly etag: string;
  readonly modifiedMs: number;
  readonly checksum?: Checksum;
}

export interface MultipartUpload extends Description {
  readonly id: string;
  readonly key: string;
  readonly startedMs: number;
  readonly algorithm?: Algorithm;
  readonly type: ChecksumType;
}

export interface BucketSettings {
  readonly createdMs: number;
  /** Absent: the bucket never had versions. */
  readonly versioning?: 'Enabled' | 'Suspended';
}

export interface Bucket extends BucketSettings {
  readonly name: string;
  /** Versions of a key, the newest last; never empty. */
  readonly keys: SortedKeys<Version[]>;
  readonly uploads: Map<string, { readonly upload: MultipartUpload; readonly parts: Map<number, Part> }>;
}

/** Lines of the journal. Each can be applied again to what the ones before it made. */
export type Change =
  | { readonly type: 'bucket'; readonly bucket: string; readonly settings: BucketSettings }
  | { readonly type: 'no-bucket'; readonly bucket: string }
  /** Replaces the version of this id in place, or becomes the newest one. */
  | { readonly type: 'version'; readonly bucket: string; readonly key: string; readonly version: Version }
  | { readonly type: 'no-version'; readonly bucket: string; readonly key: string; readonly id: string }
  | { readonly type: 'upload'; readonly bucket: string; readonly upload: MultipartUpload }
  | {
      readonly type: 'part';
      readonly bucket: string;
      readonly id: string;
      readonly number: number;
      readonly part: Part;
    }
  | { readonly type: 'no-upload'; readonly bucket: string; readonly id: string };

export type BucketIndex = Map<string, Bucket>;

/** @returns the names of files that nothing refers to any more */
export const applyChange = (index: BucketIndex, change: Change): readonly (string | undefined)[] => {
  const bucket = index.get(change.bucket);
  if (change.type === 'bucket') {
    const { keys = new SortedKeys<Version[]>(), uploads = new Map() } = bucket ?? {};
    index.set(change.bucket, { ...change.settings, name: change.bucket, keys, uploads });
    return [];
  }
  if (!bucket) return [];
  switch (change.type) {
    case 'no-bucket':
      index.delete(change.bucket);
      return [...bucket.uploads.values()].flatMap(({ parts }) => Array.from(parts.values(), ({ file }) => file));
    case 'version': {
      const versions = bucket.keys.get(change.key) ?? [];
      const at = versions.findIndex(({ id }) => id === change.version.id);
      const replaced = at === -1 ? undefined : versions[at];
      versions.splice(at === -1 ? versions.length : at, 1, change.version);
      bucket.keys.set(change.key, versions);
      return replaced?.file === change.version.file ? [] : [replaced?.file];
    }
    case 'no-version': {
      const versions = bucket.keys.get(change.key) ?? [];
      const at = versions.findIndex(({ id }) => id === change.id);
      const removed = at === -1 ? [] : versions.splice(at, 1);
      if (versions.length === 0) bucket.keys.delete(change.key);
      return removed.map(({ file }) => file);
    }
    case 'upload':
      bucket.uploads.set(change.upload.id, { upload: change.upload, parts: new Map() });
      return [];
    case 'part': {
      const parts = bucket.uploads.get(change.id)?.parts;
      const replaced = parts?.get(change.number);
      parts?.set(change.number, change.part);
      return [replaced?.file];
    }
    case 'no-upload': {
      const parts = bucket.uploads.get(change.id)?.parts;
      bucket.uploads.delete(change.id);
      return [...(parts?.values() ?? [])].map(({ file }) => file);
    }
  }
};

/** The index as the shortest list of changes that makes it. */
export const changesOf = function* (index: BucketIndex): Generator<Change> {
  for (const { name: bucket, keys, uploads, createdMs, versioning } of index.values()) {
    yield { type: 'bucket', bucket, settings: { createdMs, ...(versioning && { versioning }) } };
    for (const [key, versions] of keys.entriesFrom('')) {
      for (const version of versions) yield { type: 'version', bucket, key, version };
    }
    for (const { upload, parts } of uploads.values()) {
      yield { type: 'upload', bucket, upload };
      for (const [number, part] of parts) yield { type: 'part', bucket, id: upload.id, number, part };
    }
  }
};
