import { publicUploadId } from '../upload/upload.ts';
import type { LedgerRecord, State, Status } from './record.ts';
import type { Item } from './table.ts';

/** Statuses that the user's own application is told of. */
export const toldStatuses = ['attached', 'held', 'rejected', 'superseded'] as const satisfies readonly Status[];
export type ToldStatus = (typeof toldStatuses)[number];

export const isTold = (status: Status): status is ToldStatus => (toldStatuses as readonly Status[]).includes(status);

/** Whether a write is news: it changes the status to one that is told. */
export const isNews = (before: LedgerRecord | undefined, after: LedgerRecord): boolean =>
  isTold(after.state.status) && after.state.status !== before?.state.status;

/** The field of a state with the time at which it began, for the statuses that are told. */
export const endedAtFields = {
  attached: 'attachedAt',
  held: 'heldAt',
  rejected: 'rejectedAt',
  superseded: 'supersededAt',
} as const satisfies Record<ToldStatus, string>;

export const endedAtOf = (state: State): number | undefined => {
  switch (state.status) {
    case 'attached':
      return state.attachedAt;
    case 'held':
      return state.heldAt;
    case 'rejected':
      return state.rejectedAt;
    case 'superseded':
      return state.supersededAt;
    default:
      return undefined;
  }
};

/** What an event shows and may be absent. A pipe takes each from the item: what it makes of a missing one is not documented. */
const noneOf = { code: '', integrationId: '', type: '', sizeBytes: '', correlationId: '' } as const;

/**
 * Only the write that is news has these. The pipe's filter asks for `outcome`; the others are parts of keys, which a pipe
 * cannot cut out.
 */
export const withNews = (item: Item, { upload }: LedgerRecord): Item => ({
  ...item,
  ...Object.fromEntries(Object.entries(noneOf).filter(([name]) => item[name as keyof typeof noneOf] === undefined)),
  outcome: 1,
  upload: publicUploadId(upload),
  etag: upload.etag,
  target: item.targetKey ?? '',
});
