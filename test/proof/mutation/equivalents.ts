/** A change of the code that no test can notice, because the program behaves the same with it. */
export interface Equivalent {
  readonly file: string;
  readonly mutator: string;
  readonly original: string;
  readonly replacement: string;
  /** A part of the line in which the change starts, needed when the file contains `original` more than once. */
  readonly in?: string | undefined;
  readonly reason: string;
}

/** Mutator, original, replacement, and a part of the line. */
type Place = readonly [mutator: string, original: string, replacement: string, within?: string];

const of = (file: string, reason: string, ...places: readonly Place[]): readonly Equivalent[] =>
  places.map(([mutator, original, replacement, within]) => ({
    file,
    mutator,
    original,
    replacement,
    in: within,
    reason,
  }));

/** A condition that the compiler needs, and that is always true. */
const always = (file: string, reason: string, ...conditions: readonly string[]): readonly Equivalent[] =>
  of(file, reason, ...conditions.map((condition): Place => ['ConditionalExpression', condition, 'true']));

/** An entry that matches no survivor fails the run, so that the list stays correct. */
export const equivalents: readonly Equivalent[] = [
  ...always(
    'lib/ledger/transition.ts',
    'The moves allow these events only from sending, and `otherwise` is only for held files.',
    "state.status === 'sending'",
    "state.status === 'held'",
  ),
  ...of(
    'lib/ledger/transition.ts',
    'Never thrown: the moves allow a look only from unknown, and a retry only from states with a failure.',
    ['ConditionalExpression', "state.status !== 'unknown'", 'false'],
    ['StringLiteral', '`The target of a file that is ${state.status} is not checked.`', '``'],
    ['ConditionalExpression', "!('failure' in state)", 'false'],
    ['StringLiteral', '`A file that is ${state.status} cannot be released.`', '``'],
  ),
  ...always(
    'lib/ledger/first-record.ts',
    'The moves allow no other event without a record.',
    "event.kind === 'claim' || event.kind === 'postponed' || event.kind === 'doubted' || event.kind === 'scanned' || event.kind === 'unscanned'",
  ),
  ...of('lib/ledger/latest-verdict.ts', 'The same time was checked before.', [
    'EqualityOperator',
    'reported.at > known.at',
    'reported.at >= known.at',
  ]),
  ...of('lib/ledger/ledger-event.ts', 'When only one of the two verdicts exists, it is the latest.', [
    'OptionalChaining',
    'latestVerdict(record?.verdict, verdict)?.code',
    'latestVerdict(record?.verdict, verdict).code',
  ]),

  ...always('lib/read-back/after-look.ts', 'Only a doubt has the field `passes`.', "verdict.kind === 'doubt'"),
  ...always(
    'lib/read-back/compare-content.ts',
    'A file that was not read has no checksums, and no length of a known file.',
    "downloaded.kind === 'read'",
  ),
  ...of('lib/read-back/known-file.ts', 'The error that follows is caught, and gives the same result.', [
    'ConditionalExpression',
    '!sendable',
    'false',
  ]),
  ...of('lib/read-back/read-back.ts', 'Without a look no listing failed, and only then it is read.', [
    'BooleanLiteral',
    'false',
    'true',
    'hasListed: false',
  ]),
  ...of('lib/read-back/learn-tool.ts', 'A text has no time, so it never counts as a lesson.', [
    'ArrayDeclaration',
    '[]',
    '["Stryker was here"]',
    'group?.lessons',
  ]),
  ...always('lib/read-back/note-sample.ts', 'Only an attached file has evidence.', "state.status === 'attached'"),
  ...of('lib/read-back/other-uploads.ts', 'The index by target lists records with a target.', [
    'OptionalChaining',
    'entry.record.target?.integrationId',
    'entry.record.target.integrationId',
  ]),
  ...of('lib/read-back/read-back.ts', 'Without a look, the time of a listing is not read.', [
    'ObjectLiteral',
    '{ listedAt: clock.now(), listsWithinMs: 0, hasListed: false }',
    '{}',
  ]),
  ...of('lib/read-back/read-back.ts', 'Nothing is known of either type of content.', [
    'StringLiteral',
    "''",
    '"Stryker was here!"',
    "contentType = ''",
  ]),
  ...of(
    'lib/read-back/read-back.ts',
    'An object that was read has both, and one that was not has neither.',
    ['ConditionalExpression', 'name !== undefined', 'true'],
    ['ConditionalExpression', 'contentType !== undefined', 'true'],
    [
      'LogicalOperator',
      'name !== undefined && contentType !== undefined',
      'name !== undefined || contentType !== undefined',
    ],
  ),
  ...always(
    'lib/read-back/verdict.ts',
    'Only a file that was not compared has the field `mayPass`.',
    "comparison.kind === 'not-compared'",
  ),
  ...always('lib/read-back/verdict.ts', 'The same condition was checked before.', "comparison.kind === 'ours'"),
  ...of('lib/read-back/verdict.ts', 'Another upload always explains its bytes.', [
    'StringLiteral',
    "'other-upload'",
    '""',
    "case 'other-upload':",
  ]),
  ...of(
    'lib/read-back/verdict.ts',
    'Reaching the end of the function means the same, because undefined is not true.',
    ['ConditionalExpression', "case 'not-compared': return false;", "case 'not-compared':"],
    ['StringLiteral', "'not-compared'", '""', "case 'not-compared':"],
  ),
  ...always(
    'lib/read-back/verdict.ts',
    'Nothing is less than undefined.',
    'createdAt !== undefined',
    'sizeBytes !== undefined',
  ),
  ...always('lib/read-back/look.ts', 'A field without a value is not written.', 'problem !== undefined'),

  ...of(
    'lib/kombo/download.ts',
    'Neither text is a length or a type of a page.',
    ['StringLiteral', "''", '"Stryker was here!"', "headers['content-length']"],
    ['StringLiteral', "''", '"Stryker was here!"', "contentType = ''"],
    ['StringLiteral', "''", '"Stryker was here!"', "[type = '']"],
  ),

  ...of('lib/content-type/allowed-types.ts', 'No entry has a fault here.', [
    'ArrayDeclaration',
    '[]',
    '["Stryker was here"]',
    'new Set',
  ]),
  ...of(
    'lib/content-type/compound-file.ts',
    'A header alone shows nothing, and no directory starts at a position that is not a multiple of a sector.',
    ['EqualityOperator', 'head.length < format.sectorBytes', 'head.length <= format.sectorBytes'],
    [
      'EqualityOperator',
      'directoryAt + format.entryBytes > head.length',
      'directoryAt + format.entryBytes >= head.length',
    ],
  ),
  ...of('lib/content-type/decide.ts', 'No type has this name.', ['StringLiteral', "''", '"Stryker was here!"']),
  ...always('lib/content-type/decide.ts', 'Only a known type has a form.', 'named !== undefined'),
  ...of('lib/content-type/file-extension.ts', 'The stem takes everything before the extension.', [
    'Regex',
    '/^(?<stem>.*)(?<dotExtension>\\.[A-Za-z0-9]{1,10})$/su',
    '/(?<stem>.*)(?<dotExtension>\\.[A-Za-z0-9]{1,10})$/su',
  ]),
  ...of('lib/content-type/sniff.ts', 'No signature has this name.', ['StringLiteral', "''", '"Stryker was here!"']),
  ...always('lib/content-type/zip-document.ts', 'No form has the name undefined.', 'form !== undefined'),
  ...of('lib/content-type/zip-document.ts', 'Reaching the end of the function means the same.', [
    'ConditionalExpression',
    'default: return undefined;',
    'default:',
  ]),
  ...of('lib/content-type/zip-document.ts', 'No document has an entry of this name.', [
    'ArrayDeclaration',
    '[]',
    '["Stryker was here"]',
    'const names',
  ]),
  ...of('lib/content-type/zip-document.ts', 'The leading bytes contain no letter of the name behind such a header.', [
    'EqualityOperator',
    'at + localHeader.bytes <= bytes.length',
    'at + localHeader.bytes < bytes.length',
  ]),

  ...of(
    'lib/key-template/match-key.ts',
    'The template has as many segments as the key, one id of a target, and a file name.',
    ['StringLiteral', "''", '"Stryker was here!"'],
    ['StringLiteral', "'candidate'", '""'],
  ),
  ...of(
    'lib/key-template/match-key.ts',
    'A key without a type, or with an unknown one, is a CV.',
    ['StringLiteral', "'cv'", '""'],
    ['StringLiteral', "'CV'", '""'],
  ),
  ...always(
    'lib/key-template/match-key.ts',
    'A literal has no name, and only literals come before the first placeholder.',
    '!isLiteral',
    "segment.kind === 'literal'",
  ),
  ...always(
    'lib/key-template/parse-templates.ts',
    'A literal has no name and a placeholder no text, so they are in no list and equal to none.',
    "segment.kind === 'placeholder'",
    'name !== undefined',
    "later.kind === 'literal'",
  ),
  ...always('lib/key-template/parse-templates.ts', 'Both have as many segments.', 'counterpart !== undefined'),
  ...of('lib/key-template/parse-templates.ts', 'No segment has a fault here.', [
    'ArrayDeclaration',
    '[]',
    '["Stryker was here"]',
    'segment.ok ? [segment.value] : []',
  ]),

  ...of('handlers/events/event-facts.ts', 'Neither text is a time or a number.', [
    'StringLiteral',
    "''",
    '"Stryker was here!"',
  ]),
  ...of('handlers/events/batch-event.ts', 'The expression does not match the word undefined.', [
    'ConditionalExpression',
    'arn === undefined',
    'false',
  ]),
  ...always(
    'handlers/events/object-event.ts',
    'An ETag without a value counts as a missing ETag.',
    'etag !== undefined',
  ),
  ...always('handlers/events/object-event.ts', 'Only a number is a safe integer.', "typeof object.size === 'number'"),

  ...of(
    'lib/delivery/deliver.ts',
    'A key that matches has an admission, and one that has to wait has returned before.',
    ['OptionalChaining', 'admission?.wait', 'admission.wait'],
    ['OptionalChaining', 'admission?.leave?.()', 'admission?.leave()'],
  ),
  ...always(
    'lib/delivery/deliver.ts',
    'A claim that was written has the status sending.',
    "state.status === 'sending'",
  ),
  ...always('lib/delivery/doubt.ts', 'Nothing is less than undefined.', 'modifiedAt !== undefined'),
  ...of(
    'lib/delivery/admission.ts',
    'A lane that cannot be read has no pause, and any other lane that is closed has one.',
    ['ConditionalExpression', "closing === 'unreadable'", 'false'],
    ['StringLiteral', "'unreadable'", '""', 'closing.pause'],
    ['OptionalChaining', 'closing.pause?.by', 'closing.pause.by'],
  ),
  ...always(
    'lib/delivery/expire-lease.ts',
    'Only a file that is being sent has a lease.',
    "state.status === 'sending'",
  ),
  ...of('lib/delivery/same-bytes.ts', 'The index by target lists the ids of uploads.', [
    'OptionalChaining',
    'other?.bucket',
    'other.bucket',
  ]),
  ...of(
    'lib/delivery/same-bytes.ts',
    'An upload is not compared with itself, and any order works.',
    [
      'EqualityOperator',
      'uploadId(own.upload) < uploadId(other.upload)',
      'uploadId(own.upload) <= uploadId(other.upload)',
    ],
    [
      'EqualityOperator',
      'uploadId(own.upload) < uploadId(other.upload)',
      'uploadId(own.upload) >= uploadId(other.upload)',
    ],
  ),
  ...always(
    'lib/delivery/attempt.ts',
    'A field without a value is not written.',
    'retryAfterMs !== undefined',
    'unlistedCode !== undefined',
    'komboMessage !== undefined',
    'logUrl !== undefined',
  ),
  ...of(
    'lib/delivery/settle.ts',
    'A conflict has no record.',
    ['ConditionalExpression', "written === 'conflict'", 'false'],
    ['StringLiteral', "'conflict'", '""', "written === 'conflict' ? undefined"],
  ),
  ...always('lib/delivery/settle.ts', 'A record with an answer of Kombo has a target.', 'record.target !== undefined'),
  ...always(
    'lib/delivery/settle.ts',
    'Only a file that is being sent has an owner.',
    "known.record.state.status === 'sending'",
  ),
  ...of('lib/delivery/settle.ts', 'Nothing reads the due time that another ending gets then.', [
    'ConditionalExpression',
    "ending.kind !== 'failed'",
    'false',
    'return { ...ending, owner }',
  ]),
  ...of('lib/delivery/settle.ts', 'No time has passed since an opening that is not known.', [
    'ArrowFunction',
    '() => clock.now()',
    '() => undefined',
  ]),
  ...always(
    'lib/delivery/settle.ts',
    'Other endings have no failure and no `as`.',
    "ending.kind === 'failed'",
    "event.kind === 'failed'",
  ),

  ...always(
    'lib/lane/lane-store.ts',
    'A lane that cannot be read has no time of a touch, so it is touched; the index treats an undefined limit as no limit.',
    "lane !== 'unreadable'",
    'upTo !== undefined',
  ),
  ...of(
    'lib/lane/lane-store.ts',
    'A lane that cannot be read has no time of an opening.',
    ['StringLiteral', "'unreadable'", '""', 'touched(lane'],
    ['ConditionalExpression', "lane === 'unreadable'", 'false', '(lane.openedAt'],
    ['StringLiteral', "'unreadable'", '""', '(lane.openedAt'],
  ),
  ...of(
    'lib/lane/lane.ts',
    'A lane that cannot be read shows no restore.',
    ['ConditionalExpression', "account === 'unreadable'", 'false'],
    ['StringLiteral', "'unreadable'", '""', 'account.restored'],
  ),
  ...of('lib/lane/lane-store.ts', 'Every condition but `absent` is the one for an unchanged item.', [
    'StringLiteral',
    "'unchanged'",
    '""',
  ]),
  ...of('lib/lane/lane.ts', 'Now is now.', ['EqualityOperator', 'nextAt <= now', 'nextAt < now']),
  ...always('lib/lane/lane.ts', 'Nothing is less than undefined.', 'earliestDueAt !== undefined'),
  ...of(
    'lib/lane/note-answer.ts',
    'A lane that cannot be read has no counts.',
    ['ConditionalExpression', "lane !== 'unreadable'", 'true'],
    ['StringLiteral', "'unreadable'", '""'],
    ['ConditionalExpression', "counted !== 'unreadable'", 'true'],
  ),
  ...always(
    'lib/lane/note-answer.ts',
    'The error that follows is caught, and nothing is noted.',
    'failure !== undefined',
  ),
  ...of('lib/lane/read-integration.ts', 'A text is not an action, and undefined is neither good nor bad.', [
    'ArrayDeclaration',
    '[]',
    '["Stryker was here"]',
    'write_actions',
  ]),
  ...of('lib/lane/read-integration.ts', 'Undefined is neither good nor bad.', [
    'ConditionalExpression',
    'state === undefined',
    'false',
  ]),

  ...of(
    'lib/failures/advice.ts',
    'The expression matches everything that follows, and a text in place of a missing match is not a step.',
    ['Regex', '/if this persists[,:] (.+)$/is', '/if this persists[,:] (.+)/is'],
  ),
  ...of('lib/failures/own-error.ts', 'The text contains no place in the code, so it is dropped.', [
    'StringLiteral',
    "''",
    '"Stryker was here!"',
    'stack',
  ]),

  ...of('lib/runs/backfill.ts', 'Under any name it is one lane for all files.', ['StringLiteral', "'all'", '""']),
  ...of('lib/runs/sweep-page.ts', 'A file that waits has a target.', [
    'ArrayDeclaration',
    '[]',
    '["Stryker was here"]',
    'target ? [target.integrationId] : []',
  ]),
  ...of(
    'lib/runs/sweep-state.ts',
    'The settings have at least one key template, and so a folder.',
    ['StringLiteral', "''", '"Stryker was here!"', 'prefixes[0]'],
    ['StringLiteral', "''", '"Stryker was here!"', 'prefixes.at(-1)'],
  ),
  ...of('lib/runs/sweep-state.ts', 'A watched folder was returned before.', [
    'EqualityOperator',
    'prefix > pass.prefix',
    'prefix >= pass.prefix',
  ]),
  ...of('lib/runs/sweep-store.ts', 'A missing state is undefined.', ['ObjectLiteral', '{ state: undefined }', '{}']),
  ...of('lib/runs/write-missed.ts', 'A key that matches no template is rejected before the deadline is read.', [
    'ObjectLiteral',
    '{ deadline }',
    '{}',
  ]),

  ...of(
    'lib/runs/lane-visit.ts',
    'A turn is taken only while more is due.',
    ['OptionalChaining', 'nextPart()?.take', 'nextPart().take'],
    ['ArrayDeclaration', '[]', '["Stryker was here"]', 'nextPart()?.take'],
  ),
  ...of('lib/runs/lane-visit.ts', 'Each record in a lane has the time of its arrival.', [
    'ArrayDeclaration',
    '[]',
    '["Stryker was here"]',
    'firstAt ?? []',
  ]),
  ...always(
    'lib/runs/lane-visit.ts',
    'Other states have no due time, and undefined is not before now.',
    "state.status === 'waiting' || state.status === 'unknown'",
  ),
  ...of('lib/runs/new-waves.ts', 'Under any text, keys without an integration are one cause.', [
    'StringLiteral',
    "''",
    '"Stryker was here!"',
  ]),
  ...always('lib/runs/probe.ts', 'Only such files are looked up.', "state.status === 'unknown'"),
  ...of('lib/runs/recover-lanes.ts', 'Callers ask only for the two other kinds.', [
    'StringLiteral',
    "'paused'",
    '""',
    'stillPaused',
  ]),
  ...of('lib/runs/recover-lanes.ts', 'The account was found open, and is left as it is.', [
    'ConditionalExpression',
    'entry.integrationId === accountLane',
    'false',
  ]),
  ...of(
    'lib/runs/recover-lanes.ts',
    'The pause that was read has an end; without one, the times differ before the probes are compared.',
    ['OptionalChaining', 'pause.end?.nextAt', 'pause.end.nextAt'],
    ['OptionalChaining', 'pause.end?.probes', 'pause.end.probes'],
    ['OptionalChaining', 'now.end?.probes', 'now.end.probes'],
  ),
  ...of(
    'lib/runs/recover-lanes.ts',
    'A lane that cannot be read shows no pause.',
    ['ConditionalExpression', "lane !== 'unreadable'", 'true', 'lane.pause?.end === end'],
    ['StringLiteral', "'unreadable'", '""', 'lane.pause?.end === end'],
  ),
  ...of('lib/runs/work-lanes.ts', 'A lane that can start has a task.', [
    'LogicalOperator',
    'chosen && task',
    'chosen || task',
  ]),

  ...of('lib/runs/adaptive-concurrency.ts', 'A number below zero counts as none.', [
    'ConditionalExpression',
    'isEcho',
    'true',
    'lane.echoes -= 1',
  ]),
  ...of('lib/runs/compare-sample.ts', 'Whatever is known of it, a file with other bytes is a miss.', [
    'StringLiteral',
    "'certain'",
    '""',
  ]),
  ...always('lib/runs/compare-sample.ts', 'Only an attached file has evidence.', "state.status === 'attached'"),
  ...always(
    'lib/runs/compare-sample.ts',
    'Only a file that was not compared has the field `mayPass`.',
    "comparison.kind === 'not-compared'",
  ),
  ...of(
    'lib/runs/scheduled-run.ts',
    'All three exist, or none.',
    ['ConditionalExpression', 'leases && worked', 'true'],
    ['LogicalOperator', 'leases && worked', 'leases || worked'],
    ['LogicalOperator', 'leases && worked && recovered', 'leases && worked || recovered'],
  ),
];
