import type { Habits } from '../faults/ats-habits.ts';
import { hasLink } from '../faults/linked-file.ts';
import { listedFile, type TakenFile } from '../faults/listed-file.ts';
import { oddEntries, otherFiles } from '../faults/thousand-entries.ts';
import type { AttachmentStore } from '../store/attachment-store.ts';
import type { TargetRef } from './calls.ts';

export interface ListingQuery {
  readonly target: TargetRef;
  readonly integrationId: string;
  readonly nowMs: number;
  /** The habits of the integration and those that a fault adds. */
  readonly habits: Habits;
  readonly linkTo: (attachmentId: string) => string;
}

type ListedTarget = TakenFile & { readonly id: string; readonly remoteId: string; readonly target: TargetRef };

/** `data` of the two listings, oldest first. A candidate's listing includes the files of all linked applications. */
export const listing = (store: AttachmentStore, query: ListingQuery): object => {
  const { target, integrationId, nowMs, habits, linkTo } = query;
  const entry = (file: Omit<ListedTarget, 'target'>, ofTool = habits): readonly object[] => {
    const fields = listedFile(file, ofTool, nowMs);
    if (fields === undefined) return [];
    const link = hasLink(file.storedAtMs, habits, nowMs) ? linkTo(file.id) : null;
    const { remote_created_at } = fields;
    return [{ id: file.id, remote_id: file.remoteId, data_url: link, ...fields, remote_updated_at: remote_created_at }];
  };
  const filesOf = (each: TargetRef): readonly ListedTarget[] => {
    const copies = new Map<string, number>();
    return store.list({ target: each, integrationId }).map((file) => {
      const copy = 1 + (copies.get(file.name) ?? 0);
      copies.set(file.name, copy);
      return { ...file, copy };
    });
  };

  const person = personOf(store, query);
  const results =
    person === undefined
      ? filesOf(target).flatMap((file) => entry(file))
      : person.targets
          .flatMap(filesOf)
          .sort((a, b) => a.storedAtMs - b.storedAtMs)
          .flatMap((file) =>
            entry(file).map((fields) => ({
              ...fields,
              candidate_id: person.candidateId,
              application_id: file.target.kind === 'application' ? file.target.id : null,
            })),
          );
  // An ATS with `never-lists` hides the files that it received from us, but still lists other files.
  const ofOthers = habits.filter((habit) => habit !== 'never-lists');
  const filler = habits.includes('thousand')
    ? [...oddEntries, ...otherFiles(oddEntries.length + results.length).flatMap((file) => entry(file, ofOthers))]
    : [];
  return {
    results: [...filler, ...results],
    ...(habits.includes('next-cursor') && { next: 'eyJwYWdlIjoyfQ' }),
  };
};

/** The person whose files are listed; undefined when an application lists only its own. */
const personOf = (
  store: AttachmentStore,
  { target, integrationId, habits }: ListingQuery,
): { readonly candidateId: string | null; readonly targets: readonly TargetRef[] } | undefined => {
  const isApplication = target.kind === 'application';
  if (isApplication && !habits.includes('whole-person')) return undefined;
  const candidateId = isApplication ? store.candidateOf(target.id, integrationId) : target.id;
  if (candidateId === undefined) return { candidateId: null, targets: [target] };
  const own: TargetRef = isApplication ? { kind: 'candidate', id: candidateId } : target;
  const applications = store.applicationsOf(candidateId, integrationId);
  return { candidateId, targets: [own, ...applications.map((id) => ({ kind: 'application' as const, id }))] };
};
