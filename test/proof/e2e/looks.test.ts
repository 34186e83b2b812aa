import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { exe, pdf } from '../../fakes/files.ts';
import { address, choose, row, rowsNamed, switchOff, switchOn } from './console-page.ts';
import { consoleOfThisFile } from './console-stack.ts';
import { saveScreenshot, updatePicture } from './screenshot.ts';

const console_ = consoleOfThisFile({ handlers: { names: ['on-upload', 'on-demand'] } });

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The violations that axe finds, with their elements. */
const violations = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(axeSource);
  return page.evaluate(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target.join(' ')).join(', ')))`,
  );
};

/** A page with rows in stable states: two attached, one waiting, one rejected. */
const busyPage = async (page: Page): Promise<void> => {
  await address(page, 'GRKwT7dMvcuqBnsZ5xHe4pYa');
  await choose(page, [
    { name: 'Frank Doe CV.pdf', bytes: pdf },
    { name: 'Frank Doe Letter.pdf', bytes: Buffer.concat([pdf, Buffer.from('% letter\n')]) },
    { name: 'Setup.pdf', bytes: exe },
  ]);
  await rowsNamed(page, 'Rejected').first().waitFor();
  await expect.poll(() => rowsNamed(page, 'Attached').count()).toBe(2);
  await switchOn(page, 'ATS down');
  await choose(page, [{ name: 'Jane Roe CV.pdf', bytes: Buffer.concat([pdf, Buffer.from('% jane\n')]) }]);
  await rowsNamed(page, 'Unknown, checking').first().waitFor();
  await switchOff(page, 'ATS down');
};

test('an empty page says what to do, and has no violation of accessibility', async () => {
  const page = await console_.open();
  expect(await page.locator('#rows-empty').innerText()).toContain('Drop a CV on the box above.');
  expect(await violations(page)).toEqual([]);
  await saveScreenshot(page, 'empty');
});

describe('a page with deliveries', () => {
  test('a page with deliveries has no violation of accessibility at 1440 px, light', async () => {
    const page = await console_.open();
    await busyPage(page);
    expect(await violations(page)).toEqual([]);
    await page.mouse.move(0, 0);
    await saveScreenshot(page, 'wide-light');
    await row(page, 'Frank Doe CV.pdf').waitFor();
    await updatePicture(page);
  });

  test.each([
    { width: 1440, height: 1000, look: 'dark' },
    { width: 360, height: 780, look: 'light' },
    { width: 360, height: 780, look: 'dark' },
  ] as const)(
    'a page with deliveries has no violation of accessibility and no horizontal scrolling at $width px, $look',
    async (options) => {
      const page = await console_.open(options);
      await page.locator('#rows > li').first().waitFor();
      await page.locator('#rows summary').first().click();
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(options.width);
      if (options.width < 600) await page.locator('#deliveries').scrollIntoViewIfNeeded();
      await saveScreenshot(page, `${options.width}-${options.look}`);
    },
  );
});

test.each([
  { width: 1440, height: 900 },
  { width: 768, height: 900 },
  { width: 360, height: 780 },
])('all switches of faults and the first row are visible together at $width by $height px', async (options) => {
  const page = await console_.open(options);
  await address(page, `beside${options.width}`);
  await choose(page, [{ name: 'Beside.pdf', bytes: pdf }]);
  await page.locator('#rows > li').first().waitFor();
  if (options.width < 1_040)
    await page.locator('#faults').evaluate((list) => list.closest('section')?.scrollIntoView());
  const switches = page.locator('#faults label');
  expect(await switches.count()).toBe(6);
  const habits = page.getByRole('region', { name: 'How the ATS lists files' });
  expect(await habits.getByRole('switch').count()).toBe(9);
  for (const each of [...(await switches.all()), page.locator('#rows > li').first()]) {
    const box = await each.boundingBox();
    expect(box?.y).toBeGreaterThanOrEqual(0);
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(options.height);
  }
});

test('a list that shows only its beginning fades out at its lower edge, until it is scrolled to its end', async () => {
  const page = await console_.open({ width: 360, height: 780 });
  await address(page, 'fading1');
  const names = ['Fading.pdf', 'Faded.pdf'];
  await choose(
    page,
    names.map((name) => ({ name, bytes: Buffer.concat([pdf, Buffer.from(name)]) })),
  );
  for (const name of names) {
    await row(page, name).filter({ hasText: 'Attached' }).locator('summary').click();
  }
  const fade = () =>
    page.evaluate('getComputedStyle(document.getElementById("rows-frame")).getPropertyValue("--fade")');
  const scrollTo = (top: string) => page.evaluate(`document.getElementById("rows-frame").scrollTo(0, ${top})`);
  await scrollTo('0');
  await expect.poll(fade).toBe('56px');
  await scrollTo('1e6');
  await expect.poll(fade).toBe('0px');
});

test('the dialog fits 360 by 640 px: a long answer scrolls in it, and Close stays visible', async () => {
  const page = await console_.open({ width: 360, height: 640 });
  await page.getByRole('button', { name: 'Check the setup' }).click();
  await expect.poll(() => page.locator('#ask-answer').innerText()).toContain('"checks"');
  const dialog = page.getByRole('dialog');
  await dialog.evaluate((node) => node.scrollTo(0, node.scrollHeight));
  const close = dialog.getByRole('button', { name: 'Close' });
  for (const each of [dialog, close]) {
    const { x, y, width, height } = (await each.boundingBox()) ?? { x: -1, y: -1, width: 0, height: 0 };
    expect(Math.min(x, y)).toBeGreaterThan(0);
    expect(x + width).toBeLessThan(360);
    expect(y + height).toBeLessThan(640);
  }
  expect(await dialog.evaluate((node) => node.scrollWidth - node.clientWidth)).toBe(0);
  expect(await dialog.evaluate((node) => node.scrollTop)).toBeGreaterThan(0);
  expect(await violations(page)).toEqual([]);
});

test('the whole page can be used by keyboard: the kind, a switch, a row, the dialog and back', async () => {
  const page = await console_.open();
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the deliveries');
  await page.getByRole('radio', { name: 'Candidate' }).focus();
  await page.keyboard.press('ArrowRight');
  expect(await page.getByLabel('Application id').isVisible()).toBe(true);
  const slow = page.getByRole('switch', { name: 'Slow' });
  await slow.focus();
  await page.keyboard.press('Space');
  await expect.poll(() => console_.stack.kombo.faults.list().map(({ name }) => name)).toEqual(['slow-4000ms']);
  await page.locator('#rows summary').first().focus();
  await page.keyboard.press('Enter');
  const status = page.locator('#rows').getByRole('button', { name: 'Status' }).first();
  await status.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Status');
});

test('settled files are announced to screen readers', async () => {
  const page = await console_.open();
  await address(page, 'heard1');
  await choose(page, [{ name: 'CV.pdf', bytes: pdf }]);
  // Files of other tests may be settled at the same time; then the text is "2 files".
  await expect.poll(() => page.locator('#announcer').innerText()).toMatch(/\b[1-9]\d* files?: Attached\./);
});

test('the dialog shows the event to paste, with the key of the file unless names are masked', async () => {
  const page = await console_.open();
  await address(page, 'pasted1');
  await choose(page, [{ name: 'Jane Roe.pdf', bytes: pdf }]);
  const mine = page.locator('#rows > li').filter({ hasText: 'candidate/pasted1' });
  await mine.filter({ hasText: 'Attached' }).locator('summary').click();
  await mine.getByRole('button', { name: 'Status' }).click();
  const event = page.locator('#ask-event');
  await expect
    .poll(async () => JSON.parse((await event.innerText()) || '{}'))
    .toEqual({ action: 'status', key: 'candidates/pasted1/Jane Roe.pdf' });
  await page.keyboard.press('Escape');
  await switchOn(page, 'Mask names');
  await expect.poll(() => mine.locator('.name').first().innerText()).toBe('•••.pdf');
  await mine.getByRole('button', { name: 'Status' }).click();
  await expect.poll(() => event.innerText()).toContain('"candidates/pasted1/•••.pdf"');
  await expect.poll(() => page.locator('#ask-answer').innerText()).toContain('"attached"');
  expect(await page.content()).not.toContain('Jane Roe');
});
