import { type AtsBehaviour, renameFile } from '../faults/ats-behaviour.ts';
import type { AttachmentStore, StoredAttachment } from '../store/attachment-store.ts';
import type { TargetRef } from './calls.ts';

export interface ListingQuery {
  readonly target: TargetRef;
  readonly integrationId: string;
  readonly nowMs: number;
  /** In addition to the behaviour at the time when the file was stored. */
  readonly behaviour: AtsBehaviour;
  readonly contentUrl: (attachmentId: string) => string;
}

/**
 * `data.results` of the two listings, oldest first. The candidate's includes the files of all linked applications.
 */
export const listing = (
  store: AttachmentStore,
  { target, integrationId, nowMs, behaviour, contentUrl }: ListingQuery,
): readonly object[] => {
  const listedFilesOf = (each: TargetRef) =>
    store.list({ target: each, integrationId }).filter(({ listedAtMs }) => listedAtMs + behaviour.lateMs <= nowMs);
  const entry = (attachment: StoredAttachment) => {
    const date = behaviour.hidesDates ? null : attachment.remoteCreatedAt;
    return {
      type: attachment.type,
      id: attachment.id,
      remote_id: attachment.remoteId,
      data_url: contentUrl(attachment.id),
      file_name: behaviour.renames ? renameFile(attachment.name, attachment.type) : attachment.listedName,
      content_type: attachment.contentType,
      remote_created_at: date,
      remote_updated_at: date,
    };
  };
  if (target.kind === 'application') return listedFilesOf(target).map(entry);

  const applicationIds = store.applicationsOf(target.id, integrationId);
  const ofApplications = applicationIds.flatMap((id) => listedFilesOf({ kind: 'application', id }));
  return [...listedFilesOf(target), ...ofApplications]
    .sort((a, b) => a.storedAtMs - b.storedAtMs)
    .map((attachment) => ({
      ...entry(attachment),
      candidate_id: target.id,
      application_id: attachment.target.kind === 'application' ? attachment.target.id : null,
    }));
};

const oddEntries: readonly unknown[] = [
  null,
  'CV.pdf',
  42,
  [],
  {},
  { id: null, type: null, file_name: null, content_type: null, remote_created_at: null },
  { id: 'Unknown11111111111111111', type: 'PORTRAIT', file_name: 'Portrait.png', remote_created_at: 'yesterday' },
  { id: 'Zone11111111111111111111', type: 'CV', file_name: 'Old CV.pdf', remote_created_at: '2026-01-05T09:00:00' },
  { id: 'Future111111111111111111', type: 'CV', file_name: 'CV of tomorrow.pdf', tags: ['a field from tomorrow'] },
];

const oddTotal = 1000;

/** A listing with many old and malformed entries; the real ones come last. */
export const oddListing = (results: readonly object[]): readonly unknown[] => {
  const filler = Math.max(0, oddTotal - oddEntries.length - results.length);
  const others = Array.from({ length: filler }, (_, index) => ({
    id: `Other${index}`,
    type: 'OTHER',
    remote_id: `other-${index}`,
    data_url: 'https://resources.example/other',
    file_name: `Certificate ${index}.pdf`,
    content_type: 'application/pdf',
    remote_created_at: '2025-06-01T12:00:00.000Z',
    remote_updated_at: null,
  }));
  return [...oddEntries, ...others, ...results];
};
