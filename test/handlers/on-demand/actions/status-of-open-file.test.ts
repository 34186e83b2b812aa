import { beforeEach, expect, test } from 'vitest';
import { learnTool } from '../../../fakes/known-tool.ts';
import { day, integrationId, minute } from '../../../fakes/ledger-samples.ts';
import { losesFile, serves } from '../../../fakes/scripted-kombo.ts';
import { type CourierWorld, courierWorld, key } from '../../../worlds/courier-world.ts';

let world: CourierWorld;
beforeEach(() => {
  world = courierWorld();
});

/** A file whose answer was lost, with another file at its target. */
const lostBesideAnother = async (): Promise<void> => {
  await world.attach(key, losesFile);
  const link = 'https://files.example/other';
  world.kombo.linked.set(link, () => serves(Buffer.from('another file')));
  world.kombo.listing = () => ({
    ok: true,
    value: { files: [{ name: 'Frank Doe CV.pdf', link }], more: false },
    concurrency: {},
  });
};

const look = async (): Promise<void> => {
  await world.ask({ action: 'retry', key, reason: 'To look now.' });
};

test('status of a file that may be delivered has what the latest look at its target showed, and the time of the next one', async () => {
  await lostBesideAnother();
  await look();
  const answer = await world.ask({ action: 'status', key });
  expect(answer.message).toMatch(
    /^It may have been delivered; the target is checked automatically after \S+\. At 2026-01-05T09:00:00\.000Z the target listed 1 file: 1 with different bytes, 0 not compared\.$/,
  );
  expect(answer.files).toMatchObject([
    { status: 'unknown', lastLook: expect.stringContaining('1 with different bytes') },
  ]);
  expect(JSON.stringify(answer)).not.toContain('files.example');
});

test('status of a file that may be delivered says how little is known of its tool, and what would teach it', async () => {
  await lostBesideAnother();
  const nothing = [expect.stringMatching(/^Nothing is known about this tool yet\..*compared/)];
  expect(await world.ask({ action: 'status', key })).toMatchObject({ tools: { [integrationId]: nothing } });
  expect(await world.ask({ action: 'status', candidate_id: 'GRK123' })).toMatchObject({
    tools: { [integrationId]: nothing },
  });
});

test('status of a file of a known tool says what the tool lists and keeps, and until when that is known', async () => {
  learnTool(world);
  await lostBesideAnother();
  const { tools } = await world.ask({ action: 'status', key });
  expect((tools as Record<string, readonly string[]>)[integrationId]?.[0]).toBe(
    'This tool lists application/pdf files of candidates, and stores them unchanged up to 10000 bytes (valid until 2026-02-04T09:00:00.000Z).',
  );
});

test('status of a file held as OUTCOME_UNKNOWN says what was seen and why that decides nothing', async () => {
  await lostBesideAnother();
  await look();
  world.clock.advance(day);
  await look();
  world.clock.advance(15 * minute);
  await look();
  const answer = await world.ask({ action: 'status', key });
  expect(answer.message).toMatch(/^It is held: an operator must act\. OUTCOME_UNKNOWN: /);
  expect(answer.files).toMatchObject([
    {
      status: 'held',
      code: 'OUTCOME_UNKNOWN',
      detail: expect.stringMatching(/the last attempt ended with ANSWER_LOST\..*may be this one, converted/),
      nextStep: expect.stringContaining('resolve it'),
    },
  ]);
  expect(answer.tools).toBeDefined();
});

test('status of an attached file says nothing about its tool', async () => {
  await world.attach();
  expect(await world.ask({ action: 'status', key })).not.toHaveProperty('tools');
});
