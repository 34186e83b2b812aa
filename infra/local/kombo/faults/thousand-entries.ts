import type { TakenFile } from './listed-file.ts';

/** Malformed and unexpected entries; none has a link. */
export const oddEntries: readonly unknown[] = [
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

const total = 1000;

export type OtherFile = TakenFile & { readonly id: string; readonly remoteId: string };

/** Files that did not come from us: this many odd and real entries fill a listing up to 1,000. */
export const otherFiles = (entries: number): readonly OtherFile[] =>
  Array.from({ length: Math.max(0, total - entries) }, (_, index) => ({
    id: `other-${index}`,
    remoteId: `other-${index}`,
    name: `Certificate ${index}.pdf`,
    type: 'OTHER',
    contentType: 'application/pdf',
    storedAtMs: Date.UTC(2025, 5, 1, 12),
    copy: 1,
  }));

/** The bytes that the link of such a file serves; undefined for any other id. */
export const otherBytes = (id: string): Buffer | undefined =>
  /^other-\d+$/.test(id) ? Buffer.from(`%PDF-1.7 ${id}`) : undefined;
