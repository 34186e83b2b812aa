import { expect, test } from 'vitest';
import { parseKeyTemplates } from '../../../lib/key-template/match-key.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import type { MetricFields, MetricValues } from '../../../lib/telemetry/metrics.ts';
import { observer } from '../../../lib/telemetry/observe.ts';

const parsed = parseKeyTemplates('candidates/{candidate_id}/{filename}');
const templates = parsed.ok ? parsed.value : [];

const upload = {
  bucket: 'cv-inbox',
  key: 'candidates/8Xi6iZrwusZqJmDGXs49GBmJ/Zebulon Quux CV.pdf',
  etag: 'e1',
} as const;
const target = {
  kind: 'candidate',
  id: '8Xi6iZrwusZqJmDGXs49GBmJ',
  integrationId: 'greenhouse:CBNMt7dSNCzBdnRTx87dev4E',
} as const;
const about = { upload, target, attempt: 2 } as const;
const failure = {
  code: 'REMOTE.INPUT_INVALID',
  detail: 'Kombo answered HTTP 400.',
  komboMessage: 'Zebulon Quux CV.pdf is too odd.',
  logUrl: 'https://app.kombo.dev/logs?interactionId=1',
} as const;

const observed = (outcome: Outcome, measures = { totalMs: 12, komboMs: 7, sizeBytes: 2_000 }) => {
  const lines: { level: string; message: string; fields: Record<string, unknown> }[] = [];
  const metricLines: { values: MetricValues; fields: MetricFields }[] = [];
  const line = (level: string) => (message: string, fields: Record<string, unknown>) =>
    void lines.push({ level, message, fields });
  const log = { info: line('info'), warn: line('warn'), error: line('error') };
  observer(log, (values, fields) => void metricLines.push({ values, fields }), templates)(outcome, measures);
  const counted = Object.entries(metricLines[0]?.values ?? {}).filter(([, value]) => value !== undefined);
  return { line: lines[0], lines, counted, metricLines };
};

const arms: readonly Outcome[] = [
  { ...about, status: 'attached', attachedAt: new Date(0), warnings: ['Stored as other.'] },
  { ...about, status: 'already-attached', attachedAt: new Date(0) },
  { ...about, status: 'waiting', failure, dueAt: new Date(0) },
  { ...about, status: 'unknown', failure, dueAt: new Date(0) },
  { ...about, status: 'held', failure },
  { ...about, status: 'rejected', failure },
  { ...about, status: 'superseded', failure },
  { ...about, status: 'unchanged', as: 'held', failure },
  { status: 'ignored', reason: 'A folder marker.' },
  { status: 'refused', code: 'KEY_MALFORMED', detail: 'The key in the event is empty.' },
];

test.each(arms.map((outcome) => [outcome.status, outcome] as const))(
  'an outcome is logged in one line: %s',
  (_status, outcome) => {
    expect(observed(outcome).lines).toHaveLength(1);
  },
);

test.each(arms.map((outcome) => [outcome.status, outcome] as const))(
  'the line of an outcome contains no name: %s',
  (_status, outcome) => {
    const told = JSON.stringify(observed(outcome));
    expect(told).not.toContain('Zebulon');
    expect(told).not.toContain('Quux');
  },
);

test("an id that is not in Kombo's form may be a name, and is masked in every field", () => {
  const named = {
    upload: { ...upload, key: 'candidates/Zebulon_Quux/CV.pdf' },
    target: { kind: 'candidate', id: 'Zebulon_Quux', integrationId: 'zebulon:Quux' },
    attempt: 1,
  } as const;
  expect(observed({ ...named, status: 'rejected', failure }).line?.fields).toMatchObject({
    key: 'candidates/•••/•••.pdf',
    target: 'candidate/•••',
    integration: '•••',
  });
});

test("the line of a failure has its code, its next step and the link to Kombo's log", () => {
  expect(observed({ ...about, status: 'rejected', failure }).line).toMatchObject({
    level: 'warn',
    fields: {
      status: 'rejected',
      bucket: 'cv-inbox',
      key: 'candidates/8Xi6iZrwusZqJmDGXs49GBmJ/•••.pdf',
      target: 'candidate/8Xi6iZrwusZqJmDGXs49GBmJ',
      integration: 'greenhouse:CBNMt7dSNCzBdnRTx87dev4E',
      attempt: 2,
      code: 'REMOTE.INPUT_INVALID',
      nextStep:
        'Read komboMessage and open the logUrl; "status" shows both, and Kombo keeps the log for 30 days. Fix the file and upload it again; or retry, if the cause was in Kombo or the ATS and is fixed.',
      logUrl: 'https://app.kombo.dev/logs?interactionId=1',
      totalMs: 12,
      komboMs: 7,
      sizeBytes: 2_000,
    },
  });
});

test('a delivery is counted with its bytes, its time and its warnings', () => {
  const outcome: Outcome = { ...about, status: 'attached', attachedAt: new Date(0), warnings: ['a', 'b'] };
  expect(observed(outcome).counted).toEqual([
    ['Attached', 1],
    ['KomboLatency', 7],
    ['BytesSent', 2_000],
    ['Warnings', 2],
  ]);
});

test('the counts name the integration and the code, and nothing of the file', () => {
  expect(observed({ ...about, status: 'held', failure }).metricLines).toEqual([
    {
      values: { Held: 1, KomboLatency: 7 },
      fields: { integration: 'greenhouse:CBNMt7dSNCzBdnRTx87dev4E', code: 'REMOTE.INPUT_INVALID' },
    },
  ]);
  const { target: _, ...nameless } = about;
  expect(observed({ ...nameless, status: 'rejected', failure }).metricLines[0]?.fields).toMatchObject({
    integration: 'none',
  });
});

test('the time from the event until the file was attached is measured in seconds, and never negative', () => {
  const attached = (arrivedAt: number | undefined): Outcome => ({
    ...about,
    status: 'attached',
    attachedAt: new Date(90_500),
    warnings: [],
    ...(arrivedAt !== undefined && { arrivedAt: new Date(arrivedAt) }),
  });
  const measured = (arrivedAt?: number) => observed(attached(arrivedAt)).metricLines[0]?.values.TimeToAttached;
  expect([measured(500), measured(91_000), measured()]).toEqual([90, 0, undefined]);
});

test('a code that is not yet in the table is counted separately', () => {
  const outcome: Outcome = {
    ...about,
    status: 'unknown',
    dueAt: new Date(0),
    failure: { ...failure, code: 'KOMBO_FAULT', unlistedCode: 'PLATFORM.NEW' },
  };
  expect(observed(outcome).counted).toContainEqual(['UnlistedCodes', 1]);
});

test('a key that matches no template is counted separately from other rejections', () => {
  const rejected = (code: 'KEY_NOT_MATCHED' | 'FILE_EMPTY') =>
    observed({ ...about, status: 'rejected', failure: { code, detail: 'x' } }, { totalMs: 1 } as never).counted;
  expect(rejected('KEY_NOT_MATCHED')).toEqual([
    ['Rejected', 1],
    ['KeysNotMatched', 1],
  ]);
  expect(rejected('FILE_EMPTY')).toEqual([['Rejected', 1]]);
});

test('a file whose event never came is counted separately, and one that the ledger already knows is not', () => {
  const missed = { code: 'EVENT_MISSED', detail: 'x' } as const;
  const waiting: Outcome = { ...about, status: 'waiting', dueAt: new Date(0), failure: missed };
  expect(observed(waiting).counted).toContainEqual(['EventsMissed', 1]);
  const known: Outcome = { ...about, status: 'unchanged', as: 'waiting', failure: missed };
  expect(observed(known).counted).toEqual([]);
});

test('a held file that an operator must act on is an error; one held by a pause is a warning', () => {
  const held = (code: 'OUTCOME_UNKNOWN' | 'INTEGRATION_PAUSED') =>
    observed({ ...about, status: 'held', failure: { code, detail: 'x' } }).line?.level;
  expect([held('OUTCOME_UNKNOWN'), held('INTEGRATION_PAUSED')]).toEqual(['error', 'warn']);
});

test('an unreadable record is an error, whatever its status was', () => {
  const outcome: Outcome = {
    ...about,
    status: 'unchanged',
    as: 'held',
    failure: { code: 'RECORD_UNREADABLE', detail: 'x' },
  };
  expect(observed(outcome).line).toMatchObject({ level: 'error' });
});

test('a duplicate is not a warning, and is counted as a duplicate', () => {
  const { line, counted } = observed(
    { ...about, status: 'already-attached', attachedAt: new Date(0) },
    { totalMs: 3, komboMs: 0, sizeBytes: 0 },
  );
  expect(line?.level).toBe('info');
  expect(counted).toContainEqual(['AlreadyAttached', 1]);
  expect(counted.map(([name]) => name)).not.toContain('Attached');
});

test('the line of a duplicate of a file that waits for an operator says so, and the file is not counted as held again', () => {
  const openFailure = { code: 'SCAN_THREAT_FOUND', detail: 'GuardDuty reported THREATS_FOUND.' } as const;
  const { line, counted } = observed({ ...about, status: 'already-attached', attachedAt: new Date(0), openFailure });
  expect(line).toMatchObject({ level: 'warn', fields: { code: 'SCAN_THREAT_FOUND' } });
  expect(line?.message).toContain('an operator must still act');
  expect(counted.map(([name]) => name)).not.toContain('Held');
});

test.each(['attached', 'already-attached'] as const)(
  'a file that is %s and was not found clean is an error, and is counted as held',
  (status) => {
    const found = { code: 'SCAN_THREAT_FOUND', detail: 'GuardDuty reported THREATS_FOUND.' } as const;
    const { line, counted } = observed({ ...about, status, attachedAt: new Date(0), warnings: [], failure: found });
    expect(line).toMatchObject({ level: 'error', fields: { code: 'SCAN_THREAT_FOUND' } });
    expect(line?.fields.nextStep).toContain('delete it in the ATS');
    expect(counted).toContainEqual(['Held', 1]);
  },
);
