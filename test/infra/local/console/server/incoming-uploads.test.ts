import { expect, test } from 'vitest';
import { incomingUploads } from '../../../../../infra/local/console/server/incoming-uploads.ts';
import { rowId } from '../../../../../infra/local/console/server/row.ts';

const key = 'candidates/Jane1/CV.pdf';
const id = `bucket/${key}#e1`;
const nowhere = () => false;

const atTime = () => {
  let nowMs = 1_000;
  const uploads = incomingUploads(() => nowMs);
  return { uploads, pass: (ms: number) => (nowMs += ms) };
};

test('a row follows an incoming file from its first bytes until the upload has a ledger record', () => {
  const { uploads } = atTime();
  const upload = uploads.open({ key, target: 'candidate/Jane1', sizeBytes: 10 });
  upload.received(4);
  upload.received(3);
  expect(uploads.rows(nowhere)).toMatchObject([
    { id: 'up-1', state: 'uploading', progress: { doneBytes: 7, totalBytes: 10 } },
  ]);
  uploads.dispatched(id, key, 10);
  upload.stored(id);
  expect(uploads.rows(nowhere)).toMatchObject([{ id: rowId(id), replaces: 'up-1', state: 'uploaded' }]);
  expect(uploads.originOf(id)).toEqual({ id: 'up-1', atMs: 1_000 });
});

test('an upload with a ledger record has no separate incoming row', () => {
  const { uploads } = atTime();
  uploads.dispatched(id, key, 10);
  expect(uploads.rows((each) => each === id)).toEqual([]);
});

test('an upload whose function failed has a row that says what to do', () => {
  const { uploads } = atTime();
  uploads.dispatched(id, key, 10);
  uploads.failed(id, 'It fell over.');
  expect(uploads.rows(nowhere)).toMatchObject([
    { state: 'failed', failure: { detail: 'It fell over.', nextStep: expect.stringContaining('Read the log') } },
  ]);
});

test('the row of an upload that the function ignored disappears after a moment, that of a broken upload after ten minutes', () => {
  const { uploads, pass } = atTime();
  uploads.dispatched(id, key, 0);
  uploads.done(id);
  uploads.open({ key, target: 'candidate/Jane1', sizeBytes: 10 }).broken('It broke off.');
  expect(uploads.rows(nowhere).map(({ state }) => state)).toEqual(['uploaded', 'not-uploaded']);
  pass(2_001);
  expect(uploads.rows(nowhere).map(({ state }) => state)).toEqual(['not-uploaded']);
  pass(600_000);
  expect(uploads.rows(nowhere)).toEqual([]);
});
