import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { actions } from '../../../handlers/on-demand/actions.ts';
import { invokeLocal } from '../../../infra/invoke/local.ts';
import { sandboxIntegrationId } from '../../../infra/local/kombo/emulator.ts';
import { sampleBytes, sampleCandidateId, sampleKey } from '../../../infra/local/sample.ts';
import { newFolder, remove } from '../../fakes/temporary-folder.ts';
import { ownStack, put, storedFilesOf } from '../../worlds/local-stack.ts';

const folder = path.join(import.meta.dirname, '../../../handlers/examples');

const sampleTarget = `candidate ${sampleCandidateId}`;

/** As `npm start` leaves it: the sample is attached. No scheduled run takes place in between. */
let stateDir: string;
let local: Awaited<ReturnType<typeof ownStack>>;
beforeAll(async () => {
  stateDir = await newFolder();
  local = await ownStack({ stateDir, handlers: {}, scheduleEveryMs: 3_600_000 });
  await put(local.stack, sampleKey, await sampleBytes());
});
afterAll(async () => {
  await local.end();
  await remove(stateDir);
});

const example = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(path.join(folder, `${name}.json`), 'utf8'));

/** In an order in which each example finds what it is about. */
const expected: readonly (readonly [string, object])[] = [
  ['on-demand-check', { ok: true }],
  ['on-demand-status-key', { ok: true, message: expect.stringContaining(`It is attached to ${sampleTarget}`) }],
  ['on-demand-dry-run', { ok: false, message: expect.stringContaining(`It is attached to ${sampleTarget}`) }],
  ['on-upload-s3', { outcomes: [{ status: 'already-attached' }] }],
  ['on-upload-eventbridge', { outcomes: [{ status: 'already-attached' }] }],
  // A clean verdict reports the upload, even if REQUIRE_SCAN does not wait for it.
  ['on-upload-scan', { outcomes: [{ status: 'already-attached' }] }],
  ['on-demand-replay', { ok: true, files: [{ status: 'already-attached' }] }],
  ['on-demand-attach', { ok: true, files: [{ status: 'already-attached' }] }],
  ['on-demand-attach-prefix', { ok: true, counts: { 'already-attached': 1 } }],
  // The second file is the one that the terminal shows how to upload.
  ['on-demand-attach-several', { ok: false, counts: { 'already-attached': 1, missing: 1 } }],
  ['on-demand-status', { ok: true, files: [{ status: 'attached' }] }],
  ['on-demand-status-all', { ok: true, message: 'Nothing is waiting or held.' }],
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
  ['on-demand-pause', { ok: true, message: expect.stringContaining(`${sandboxIntegrationId} is paused`) }],
  ['on-demand-resume', { ok: true, message: expect.stringContaining('(INTEGRATION_PAUSED) has ended') }],
  ['on-demand-pause-all', { ok: true }],
  ['on-demand-resume-all', { ok: true }],
  // The date of the next two may be in the future of the clock, or too long ago.
  ['on-demand-restored', { message: expect.stringMatching(/looked up|in the future|35 days ago/) }],
  ['on-demand-tell', { message: expect.any(String) }],
  ['on-demand-resend', { ok: true, message: expect.stringContaining('It was sent again.') }],
  ['on-demand-forget', { ok: false, erased: 0, message: 'Nothing was erased. 1 record kept: "kept" says why.' }],
];

const functionOf = (name: string) =>
  (['on-upload', 'on-schedule', 'on-demand', 'on-batch'] as const).find((one) => name.startsWith(one)) ?? 'on-demand';

const invoke = async (name: string): Promise<unknown> =>
  invokeLocal(stateDir, functionOf(name), JSON.stringify(await example(name)));

test('each example does what its name says, one after the other: one file is at Kombo, two after a forced resend', async () => {
  for (const [name, answer] of expected) {
    if (name === 'on-demand-resend') expect(await storedFilesOf(local.stack, sampleCandidateId)).toHaveLength(1);
    expect(await invoke(name), name).toMatchObject(answer);
  }
  expect(await storedFilesOf(local.stack, sampleCandidateId)).toHaveLength(2);
});

test('every example is run, and every action has one', async () => {
  const files = (await readdir(folder)).map((file) => file.replace('.json', ''));
  expect(files.sort()).toEqual(expected.map(([name]) => name).sort());
  for (const { name, example: shown } of actions) {
    const file = `on-demand-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    expect(await example(file)).toEqual(shown);
  }
});
