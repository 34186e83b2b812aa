import { httpLinks } from '../../../../lib/kombo/links.ts';
import type { LedgerRecord } from '../../../../lib/ledger/record.ts';
import { knownFile } from '../../../../lib/read-back/known-file.ts';
import { lookAt } from '../../../../lib/read-back/look.ts';
import { forEachUpload, parts } from './ours.ts';

/** Our read-back after a lost answer, without ledger: the object's checksum, the listing, the download, the comparison. */
const deps = { ...parts, links: httpLinks(parts.settings.komboBaseUrl, parts.clock) };

/** The attempt of a function that stopped while sending. */
const recordOf = (upload: LedgerRecord['upload']): LedgerRecord => ({
  upload,
  state: { status: 'sending', owner: 'bench', leaseUntil: 0 },
  attempts: 1,
  attemptsSinceRelease: 1,
  createdAt: 0,
  updatedAt: 0,
  version: 1,
  writeId: 'bench',
});

export const handler = forEachUpload(async (upload, { target }, deadline) => {
  const { name, content, oursIs } = await knownFile(recordOf(upload), deadline, deps);
  const known = { ours: content, oursIs, others: [] };
  const look = await lookAt(
    target,
    name,
    async () => known,
    () => false,
    deadline,
    deps,
  );
  const compared = look.ok ? look.files.map(({ comparison }) => comparison.kind) : [look.failure.code];
  if (compared.join() !== 'ours') throw new Error(`not found: ${compared.join() || 'nothing is listed'}`);
});
