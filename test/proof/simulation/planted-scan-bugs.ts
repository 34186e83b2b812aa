import type { Courier } from '../../../lib/courier.ts';
import type { EventOf } from '../../../lib/ledger/ledger-event.ts';
import { uploadId } from '../../../lib/upload/upload.ts';
import type { Plant } from './history.ts';

/** Typical bugs of systems in which a malware scan reports on files that are being delivered. */
export const plantedScanBugs: Readonly<Record<string, Plant>> = {
  'a verdict is dropped while its file is being sent': (courier) => ({
    ...courier,
    ledger: {
      ...courier.ledger,
      scan: async (event, seen) => {
        const known = await courier.ledger.read(uploadId(event.upload));
        const isSending = known?.readable && known.record.state.status === 'sending';
        return isSending ? { written: false, known } : courier.ledger.scan(event, seen);
      },
    },
  }),

  'the verdict that arrives last counts': (courier) =>
    withScan(courier, (event) => ({ ...event, verdict: { ...event.verdict, at: courier.clock.now() } })),

  'an attached file is not listed for its verdict': (courier) =>
    withScan(courier, (event) => ({ ...event, verdict: { ...event.verdict, acknowledged: true } })),
};

const withScan = (courier: Courier, change: (event: EventOf<'scanned'>) => EventOf<'scanned'>): Courier => ({
  ...courier,
  ledger: {
    ...courier.ledger,
    scan: (event, seen) => courier.ledger.scan(event.kind === 'scanned' ? change(event) : event, seen),
  },
});
