import { publicUploadId } from '../upload/upload.ts';
import type { LedgerRecord, State, Status } from './record.ts';
import type { Item } from './table.ts';

/** Statuses that are reported to the user's own application. */
export const toldStatuses = ['attached', 'held', 'rejected', 'superseded'] as const satisfies readonly Status[];
export type ToldStatus = (typeof toldStatuses)[number];

export const isTold = (status: Status): status is ToldStatus => (toldStatuses as readonly Status[]).includes(status);

/** Whether a write changes the status to a reported one. */
export const isNews = (before: LedgerRecord | undefined, after: LedgerRecord): boolean =>
  isTold(after.state.status) && after.state.status !== before?.state.status;

/** The field with the start time of each reported status. */
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

/**
 * Fields of the event that may be absent. A pipe reads each one from the item, and its behaviour for missing fields is
 * not documented, so they are written as empty text.
 */
const noneOf = { code: '', integrationId: '', type: '', sizeBytes: '', correlationId: '' } as const;

/**
 * Added only to writes that are reported. The pipe filters on `outcome`; the other attributes are parts of keys, which
 * a pipe cannot extract.
 */
export const withNews = (item: Item, { upload }: LedgerRecord): Item => ({
  ...item,
  ...Object.fromEntries(Object.entries(noneOf).filter(([name]) => item[name as keyof typeof noneOf] === undefined)),
  outcome: 1,
  upload: publicUploadId(upload),
  etag: upload.etag,
  target: item.targetKey ?? '',
});
