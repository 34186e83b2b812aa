import { readFile } from 'node:fs/promises';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { sandboxIntegrationId } from '../../../infra/local/kombo/emulator.ts';
import { sampleBytes } from '../../../infra/local/sample.ts';
import { laneKey } from '../../../lib/lane/lane-item.ts';
import { exe, pdf } from '../../fakes/files.ts';
import { address, choose, drop, row, rowsNamed, switchOff, switchOn } from './console-page.ts';
import { consoleOfThisFile } from './console-stack.ts';

const console_ = consoleOfThisFile();

/** Several files of one kind with different content. */
const several = (count: number, name: string) =>
  Array.from({ length: count }, (_, index) => ({
    name: `${name} ${index + 1}.pdf`,
    bytes: Buffer.concat([pdf, Buffer.from(`% ${name} ${index + 1}\n`)]),
  }));

/** Waits until a file of an earlier test was found at its target: from then on, a file that the tool does not list is absent. */
const toolIsLearnt = (): Promise<void> =>
  expect
    .poll(
      async () => {
        const key = { pk: { S: laneKey(sandboxIntegrationId) } };
        const { Item } = await console_.stack.dynamodb.send(
          new GetItemCommand({ TableName: console_.stack.table, Key: key }),
        );
        return Item?.document?.S ?? '';
      },
      { timeout: 30_000 },
    )
    .toMatch(/"lessons":\[\{/);

test('a file dropped on the page is attached, and its download has every byte', async () => {
  const page = await console_.open();
  const bytes = await sampleBytes();
  await address(page, 'dropped1');
  await drop(page, [{ name: 'Frank Doe CV.pdf', bytes }]);
  await rowsNamed(page, 'Attached').first().waitFor();
  const group = page.locator('[data-target="candidate/dropped1"]');
  const downloaded = page.waitForEvent('download');
  await group.getByRole('link', { name: /^Download/ }).click();
  expect((await readFile(await (await downloaded).path())).equals(bytes)).toBe(true);
});

test('a file dropped on a listed candidate is attached to that candidate', async () => {
  const page = await console_.open();
  await address(page, 'known1');
  await choose(page, several(1, 'First'));
  const group = page.locator('[data-target="candidate/known1"]');
  await group.waitFor();
  await address(page, 'other1');
  await drop(page, several(1, 'Second'), group);
  await expect.poll(() => group.locator('li').count()).toBe(2);
});

test('twenty files wait while the tool is down, and each is attached once when it works again', {
  timeout: 240_000,
}, async () => {
  const page = await console_.open();
  await toolIsLearnt();
  await switchOn(page, 'ATS down');
  await address(page, 'twenty1');
  await choose(page, several(20, 'Twenty'));
  // After three answers that the tool is down, the others wait without being sent.
  const unknown = rowsNamed(page, 'Unknown, checking');
  const waiting = rowsNamed(page, 'Waiting').filter({ hasText: 'is no longer paused: REMOTE.SERVICE_UNAVAILABLE' });
  await expect.poll(() => waiting.count(), { timeout: 20_000 }).toBeGreaterThan(0);
  await expect.poll(async () => (await unknown.count()) + (await waiting.count()), { timeout: 20_000 }).toBe(20);
  await page.getByText('It ends automatically: one file is tried at the next scheduled run after').waitFor();
  await switchOff(page, 'ATS down');
  const group = page.locator('[data-target="candidate/twenty1"]');
  // The next try comes automatically after a minute.
  await expect.poll(() => group.locator('li').count(), { timeout: 150_000 }).toBe(20);
  await expect.poll(() => unknown.count()).toBe(0);
  await expect.poll(() => page.locator('#pauses').isHidden()).toBe(true);
  const stored = console_.stack.kombo.attachments({ target: { kind: 'candidate', id: 'twenty1' } });
  expect(new Set(stored.map(({ sha256 }) => sha256)).size).toBe(20);
});

test('a file whose answer was lost is shown as unknown, and the listing settles it without a second file', async () => {
  const page = await console_.open();
  await switchOn(page, 'Answer lost');
  await address(page, 'lost1');
  await choose(page, several(1, 'Lost'));
  await rowsNamed(page, 'Unknown, checking').first().waitFor();
  await switchOff(page, 'Answer lost');
  await expect.poll(() => rowsNamed(page, 'Unknown, checking').count(), { timeout: 30_000 }).toBe(0);
  expect(console_.stack.kombo.attachments({ target: { kind: 'candidate', id: 'lost1' } })).toHaveLength(1);
});

test('the page shows the file of a slow call as sending, with the bytes sent so far', async () => {
  const page = await console_.open();
  await switchOn(page, 'Slow');
  await address(page, 'slow1');
  await choose(page, [{ name: 'Slow.pdf', bytes: Buffer.concat([pdf, Buffer.alloc(300_000, ' ')]) }]);
  const sending = rowsNamed(page, 'Sending').first();
  await sending.waitFor();
  // The page may show the bytes sent so far before it shows all of them.
  await expect.poll(() => sending.locator('.sentence').innerText()).toBe('Kombo has all 300.2 kB and is working');
  await switchOff(page, 'Slow');
  await expect.poll(() => rowsNamed(page, 'Sending').count(), { timeout: 20_000 }).toBe(0);
});

test('a revoked API key pauses everything; once it is valid again, resume delivers the files', async () => {
  const page = await console_.open();
  await switchOn(page, 'Key revoked');
  await address(page, 'revoked1');
  await choose(page, several(1, 'Revoked'));
  await page.getByText('Everything has been paused since').waitFor();
  await choose(page, several(1, 'Behind'));
  const behind = rowsNamed(page, 'Waiting').filter({ hasText: 'Sent when everything is no longer paused' });
  await expect.poll(() => behind.count()).toBe(2);
  await page.locator('#pauses').getByRole('button', { name: 'Resume' }).click();
  const dialog = page.getByRole('dialog');
  await expect.poll(() => dialog.locator('#ask-event').innerText()).toContain('"integration_id": "account"');
  expect(await dialog.locator('#ask-event').innerText()).toContain('"code": "PLATFORM.AUTHENTICATION_INVALID"');
  // From here on, a scheduled run may also end the pause.
  console_.stack.kombo.apiKeys.restore();
  await dialog.getByLabel('Reason').fill('The key is back.');
  await dialog.getByRole('button', { name: 'Send' }).click();
  await expect.poll(() => dialog.locator('#ask-answer').innerText()).toContain('"ok": true');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.locator('#pauses').waitFor({ state: 'hidden' });
  const stored = page.locator('[data-target="candidate/revoked1"] li');
  await expect.poll(() => stored.count(), { timeout: 30_000 }).toBe(2);
});

test('the page shows an .exe named .pdf as rejected, with the next step', async () => {
  const page = await console_.open();
  await address(page, 'exe1');
  await choose(page, [{ name: 'CV.pdf', bytes: exe }]);
  const rejected = rowsNamed(page, 'Rejected').filter({ hasText: 'candidate/exe1' });
  await rejected.waitFor();
  const nextStep = 'Handle the file with care, and ask the uploader for the real document.';
  expect(await rejected.locator('.next-step').innerText()).toBe(nextStep);
  expect(await page.locator('[data-target="candidate/exe1"]').count()).toBe(0);
});

test('a reload of the page shows the same rows in the same states, with names unless they are masked', async () => {
  const page = await console_.open();
  await address(page, 'reload1');
  await choose(page, [
    { name: 'Jane Roe.pdf', bytes: pdf },
    { name: 'Empty.pdf', bytes: new Uint8Array() },
  ]);
  const mine = page.locator('#rows > li').filter({ hasText: 'candidate/reload1' });
  const states = async () => (await mine.locator('.pill').allInnerTexts()).sort();
  await expect.poll(states).toEqual(['Attached', 'Rejected']);
  await page.reload();
  await expect.poll(states).toEqual(['Attached', 'Rejected']);
  await row(page, 'Jane Roe.pdf').waitFor();
  await switchOn(page, 'Mask names');
  await row(page, 'Jane Roe.pdf').waitFor({ state: 'detached' });
  expect(await page.content()).not.toContain('Jane Roe');
});

test('a second tab of the page shows a switch that the first one changed', async () => {
  const [first, second] = await Promise.all([console_.open(), console_.open()]);
  await address(first, 'tabs1');
  await choose(first, several(1, 'Tabs'));
  await second.locator('[data-target="candidate/tabs1"] li').waitFor();
  await switchOn(first, 'Rate limit');
  await expect.poll(() => second.getByRole('switch', { name: 'Rate limit' }).isChecked()).toBe(true);
});
