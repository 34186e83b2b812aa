import { createHash } from 'node:crypto';
import type { AttachmentBody } from '../api/attachment-body.ts';
import type { TargetRef } from '../api/calls.ts';
import { newKomboId } from '../api/kombo-id.ts';
import { contentsInFolder, contentsInMemory } from './contents.ts';
import { noJournal, openJournal } from './journal.ts';

/** A file stored by the emulated ATS. */
export interface StoredAttachment {
  readonly id: string;
  readonly integrationId: string;
  readonly target: TargetRef;
  readonly name: string;
  readonly type: AttachmentBody['type'];
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly transfer: 'data' | 'data_url';
  readonly remoteFields: unknown;
  readonly remoteId: string;
  readonly storedAtMs: number;
}

export interface ApplicationLink {
  readonly integrationId: string;
  readonly applicationId: string;
  readonly candidateId: string;
}

export interface AttachmentFilter {
  readonly target?: TargetRef;
  readonly integrationId?: string;
}

export type NewAttachment = Omit<StoredAttachment, 'id' | 'sizeBytes' | 'sha256' | 'remoteId'>;

export interface AttachmentStore {
  add(attachment: NewAttachment, bytes: Buffer): Promise<StoredAttachment>;
  /** Oldest first. */
  list(filter?: AttachmentFilter): readonly StoredAttachment[];
  find(id: string): StoredAttachment | undefined;
  bytes(id: string): Promise<Buffer>;
  /** Assigns an application to a candidate, so that the candidate's listing includes its files. */
  link(link: ApplicationLink): void;
  applicationsOf(candidateId: string, integrationId: string): readonly string[];
  candidateOf(applicationId: string, integrationId: string): string | undefined;
  reset(): Promise<void>;
}

type Entry = { readonly attachment: StoredAttachment } | { readonly link: ApplicationLink };

/** @param stateFile Default: in memory only. A folder `<stateFile>.files` next to it holds the bytes. */
export const createAttachmentStore = (stateFile?: string): AttachmentStore => {
  const contents = stateFile === undefined ? contentsInMemory() : contentsInFolder(`${stateFile}.files`);
  const { entries, journal } = stateFile === undefined ? { entries: [], journal: noJournal } : openJournal(stateFile);
  const attachments = new Map<string, StoredAttachment>();
  const links: ApplicationLink[] = [];
  // Only this store writes the journal, so its lines are not validated.
  for (const entry of entries as readonly Entry[]) {
    if ('attachment' in entry) attachments.set(entry.attachment.id, entry.attachment);
    else links.push(entry.link);
  }

  return {
    async add(attachment, bytes) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const id = newKomboId();
      const stored = { ...attachment, id, sizeBytes: bytes.length, sha256, remoteId: newKomboId() };
      // The bytes are stored before their line in the journal, so that every listed file can be read.
      await contents.put(id, bytes);
      journal.append({ attachment: stored } satisfies Entry);
      attachments.set(id, stored);
      return stored;
    },
    list: (filter = {}) => [...attachments.values()].filter((each) => matches(each, filter)),
    find: (id) => attachments.get(id),
    bytes: (id) => contents.get(id),
    link(link) {
      journal.append({ link } satisfies Entry);
      links.push(link);
    },
    applicationsOf: (candidateId, integrationId) =>
      links
        .filter((link) => link.candidateId === candidateId && link.integrationId === integrationId)
        .map(({ applicationId }) => applicationId),
    candidateOf: (applicationId, integrationId) =>
      links.find((link) => link.applicationId === applicationId && link.integrationId === integrationId)?.candidateId,
    async reset() {
      attachments.clear();
      links.length = 0;
      journal.clear();
      await contents.clear();
    },
  };
};

const matches = ({ target, integrationId }: StoredAttachment, filter: AttachmentFilter): boolean =>
  (filter.integrationId === undefined || filter.integrationId === integrationId) &&
  (filter.target === undefined || (filter.target.kind === target.kind && filter.target.id === target.id));
