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
  { name: 'failures', files: ['lib/failures/*.ts'], tests: ['test/lib/failures/*.test.ts'] },
  { name: 'runs', files: ['lib/runs/**/*.ts'], tests: ['test/lib/runs/**/*.test.ts'] },
  { name: 'events', files: ['handlers/events/*.ts'], tests: ['test/handlers/events/*.test.ts'] },
];
