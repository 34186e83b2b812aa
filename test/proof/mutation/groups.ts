export interface Group {
  readonly name: string;
  /** The product files that are changed, one small change at a time. */
  readonly files: readonly string[];
  /** The tests that must notice the changes: the fast in-process tests that prove these files. */
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
  {
    name: 'delivery',
    files: ['lib/delivery/*.ts'],
    tests: [
      'test/lib/delivery/{retry-policy,admission,attempt,deliver,deliver-on-request,deliver-failures,same-bytes,scan-verdict}.test.ts',
      'test/lib/delivery/{attempt-repeats,corrected-upload,deliver-notes-answer,deliver-paused,deliver-time-and-ledger,deliver-touches-lane}.test.ts',
    ],
  },
  { name: 'download', files: ['lib/kombo/download.ts'], tests: ['test/lib/kombo/download*.test.ts'] },
  // Not the table of types, whose samples are compared with it.
  {
    name: 'content-type',
    files: ['lib/content-type/!(known-types|signature-library).ts'],
    tests: ['test/lib/content-type/*.test.ts'],
  },
  { name: 'key-template', files: ['lib/key-template/*.ts'], tests: ['test/lib/key-template/*.test.ts'] },
  { name: 'object-key', files: ['lib/upload/object-key.ts'], tests: ['test/lib/upload/object-key.test.ts'] },
  // Not new-code.test.ts: it compiles the source text of the tables, which Stryker has rewritten.
  { name: 'failures', files: ['lib/failures/*.ts'], tests: ['test/lib/failures/{advice,failures,own-error}.test.ts'] },
  // The tests of runs, without those with thousands of files, whose rules the others prove.
  {
    name: 'sweep',
    files: ['lib/runs/{sweep*,write-missed,unwatched-folders,backfill}.ts'],
    tests: [
      'test/lib/runs/{backfill,sweep-state,sweep-item,sweep-rejected,sweep-pass,sweep}.test.ts',
      'test/lib/operator/forget.test.ts',
    ],
  },
  {
    name: 'lane-runs',
    files: ['lib/runs/{work-lanes,lane-visit,recover-lanes,probe,new-waves,count-lanes,last-reading}.ts'],
    tests: [
      'test/lib/runs/{new-waves,tell-gauges,count-lanes,probe}.test.ts',
      'test/lib/runs/{work-lanes,work-lanes-turns,work-lanes-visits,work-lanes-under-load,compare-sample,compare-sample-runs}.test.ts',
      'test/lib/runs/recover-{account,by-probe,by-reading}.test.ts',
      'test/lib/runs/{gauges,recover-scale}.test.ts',
    ],
  },
  {
    name: 'runs',
    files: [
      'lib/runs/{adaptive-concurrency,paced-pool,compare-sample,expire-leases,gauges,scheduled-run}.ts',
      'lib/runs/{count-outcomes,run-options,run-report}.ts',
      'lib/runs/canary/*.ts',
    ],
    tests: [
      'test/lib/runs/{adaptive-concurrency,paced-pool,compare-sample*,expire-leases,gauges,scheduled-run}.test.ts',
      'test/lib/runs/canary/*.test.ts',
    ],
  },
  { name: 'events', files: ['handlers/events/!(count-refused).ts'], tests: ['test/handlers/events/*.test.ts'] },
];
