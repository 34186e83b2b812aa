export interface Group {
  readonly name: string;
  /** The product files that are changed, one small change at a time. */
  readonly files: readonly string[];
  /** The tests that must notice: those which prove these files, in process and fast. */
  readonly tests: readonly string[];
}

export const groups: readonly Group[] = [
  {
    name: 'transition',
    files: [
      'lib/ledger/{transition,moves,ledger-event,change-by-verdict,doubted,failure-change,first-record}.ts',
      'lib/ledger/{latest-verdict,new-state,repeated-decision,restored}.ts',
    ],
    tests: [
      'test/lib/ledger/transition{-table,,-read-back,-waiting,-operator}.test.ts',
      'test/lib/ledger/{latest-verdict,restored}.test.ts',
      'test/lib/delivery/{scan-verdict,scan-verdict-exits,corrected-upload}.test.ts',
    ],
  },
  { name: 'read-back', files: ['lib/read-back/*.ts'], tests: ['test/lib/read-back/*.test.ts'] },
  {
    name: 'classify-response',
    files: ['lib/kombo/classify-response.ts'],
    tests: ['test/lib/kombo/classify-response.test.ts'],
  },
  { name: 'lane', files: ['lib/lane/*.ts'], tests: ['test/lib/lane/*.test.ts'] },
  { name: 'delivery', files: ['lib/delivery/*.ts'], tests: ['test/lib/delivery/*.test.ts'] },
  { name: 'download', files: ['lib/kombo/download.ts'], tests: ['test/lib/kombo/download*.test.ts'] },
  { name: 'key-template', files: ['lib/key-template/*.ts'], tests: ['test/lib/key-template/*.test.ts'] },
  { name: 'object-key', files: ['lib/upload/object-key.ts'], tests: ['test/lib/upload/object-key.test.ts'] },
  // Not new-code.test.ts: it compiles the source text of the tables, which Stryker has rewritten.
  { name: 'failures', files: ['lib/failures/*.ts'], tests: ['test/lib/failures/{advice,failures,own-error}.test.ts'] },
  {
    name: 'runs',
    files: ['lib/runs/**/*.ts'],
    // Without those about thousands of files, whose rules the others prove.
    tests: [
      'test/lib/runs/{adaptive,backfill,compare,count,expire,gauges,new,paced}*.test.ts',
      'test/lib/runs/canary/*.test.ts',
      'test/lib/runs/{recover-account,recover-by-probe,recover-by-reading,scheduled-run}.test.ts',
      'test/lib/runs/{work-lanes,work-lanes-turns,sweep-item,sweep-pass,sweep-state,sweep}.test.ts',
    ],
  },
  { name: 'events', files: ['handlers/events/!(count-refused).ts'], tests: ['test/handlers/events/*.test.ts'] },
];
