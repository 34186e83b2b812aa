import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { actions } from '../../../handlers/on-demand/actions.ts';
import { type Loopback, startLoopback } from '../../worlds/loopback.ts';

const folder = path.join(import.meta.dirname, '../../../handlers/examples');

let loopback: Loopback;
beforeAll(async () => {
  loopback = await startLoopback();
  await loopback.put('candidates/GRK123/Frank Doe CV.pdf');
});
afterAll(() => loopback.stop());

const example = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(path.join(folder, `${name}.json`), 'utf8'));

/** In an order in which each finds what it speaks of. */
const expected: readonly (readonly [string, object])[] = [
  ['on-demand-check', { ok: true }],
  ['on-demand-status-key', { ok: true, message: expect.stringContaining('The ledger has never seen this key.') }],
  ['on-demand-dry-run', { ok: true, message: expect.stringContaining('It would be attached to candidate GRK123') }],
  // The events name an object that was replaced since, which is no failure of the event.
  ['on-upload-s3', { outcomes: [{ status: 'superseded', code: 'OBJECT_REPLACED' }] }],
  ['on-upload-eventbridge', { outcomes: [{ status: 'superseded' }] }],
  // A clean verdict is a report of the upload, also where REQUIRE_SCAN does not wait for it.
  ['on-upload-scan', { outcomes: [{ status: 'superseded' }] }],
  ['on-demand-replay', { ok: true, files: [{ status: 'superseded' }] }],
  ['on-demand-attach', { ok: true, files: [{ status: 'attached' }] }],
  ['on-demand-attach-prefix', { ok: true, counts: { 'already-attached': 1 } }],
  ['on-demand-attach-several', { ok: false, counts: { 'already-attached': 1, missing: 1 } }],
  ['on-demand-status', { ok: true, files: [{ status: 'superseded' }, { status: 'attached' }] }],
  ['on-demand-status-all', { ok: true, message: 'Nothing waits, and nothing is held.' }],
  ['on-demand-status-rejected', { ok: true, rejected: [] }],
  ['on-batch-1', { results: [{ taskId: 'dGFza2lkMQ', resultCode: 'Succeeded' }] }],
  ['on-batch-2', { results: [{ taskId: 'dGFza2lkMQ', resultCode: 'Succeeded' }] }],
  ['on-schedule', { gauges: { held: 0, paused: 0 }, due: { outcomes: {}, left: 0 }, sweep: { pass: 'finished' } }],
  ['on-schedule-due', { summary: 'Nothing was due.' }],
  ['on-schedule-sweep', { sweep: { pass: 'finished' } }],
  ['on-schedule-rule', { due: { outcomes: {}, left: 0 }, sweep: { pass: 'not due' } }],
  ['on-demand-retry', { ok: false, message: expect.stringContaining('its state does not allow "retry"') }],
  ['on-demand-retry-code', { ok: true, message: 'There was nothing to retry.' }],
  ['on-demand-resolve', { ok: true, message: expect.stringContaining('there is nothing to resolve. It is attached') }],
  ['on-demand-pause', { ok: true }],
  ['on-demand-resume', { ok: true, message: expect.stringContaining('(INTEGRATION_PAUSED) has ended') }],
  ['on-demand-pause-all', { ok: true }],
  ['on-demand-resume-all', { ok: true }],
  // The date of the example may be ahead of the clock, or too long ago.
  ['on-demand-restored', { message: expect.stringMatching(/looked up|in the future|35 days ago/) }],
  ['on-demand-tell', { ok: false, message: expect.stringContaining('outcomeBus is off') }],
  ['on-demand-resend', { ok: true, message: expect.stringContaining('It was sent again.') }],
  ['on-demand-forget', { ok: false, erased: 1, message: '1 record erased. 1 record kept: "kept" says why.' }],
];

const functionOf = (name: string) =>
  (['on-upload', 'on-schedule', 'on-demand', 'on-batch'] as const).find((one) => name.startsWith(one)) ?? 'on-demand';

test('each does what its name says, one after the other, and one file is at Kombo; two when asked for by force', async () => {
  for (const [name, answer] of expected) {
    if (name === 'on-demand-resend') expect(loopback.kombo.attachments()).toHaveLength(1);
    expect(await loopback.invoke(functionOf(name), await example(name)), name).toMatchObject(answer);
  }
  expect(loopback.kombo.attachments()).toHaveLength(2);
});

test('every example is run, and every action has one', async () => {
  const files = (await readdir(folder)).map((file) => file.replace('.json', ''));
  expect(files.sort()).toEqual(expected.map(([name]) => name).sort());
  for (const { name, example: shown } of actions) {
    const file = `on-demand-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    expect(await example(file)).toEqual(shown);
  }
});
