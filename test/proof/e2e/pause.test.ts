import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { pdf } from '../../fakes/files.ts';
import { address, choose, switchOn } from './console-page.ts';
import { consoleOfThisFile } from './console-stack.ts';

const console_ = consoleOfThisFile();

const pauseEverything = async (page: Page): Promise<void> => {
  await switchOn(page, 'Key revoked');
  await address(page, 'paused1');
  await choose(page, [{ name: 'Paused.pdf', bytes: pdf }]);
  await page.getByText('Everything has been paused since').waitFor();
};

const resume = (page: Page) => page.locator('#pauses').getByRole('button', { name: 'Resume' });

test('the Resume button has one line at every width', async () => {
  const page = await console_.open();
  await pauseEverything(page);
  for (const width of [360, 768, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    const box = await resume(page).boundingBox();
    expect(box?.height, `at ${width} px`).toBe(40);
    expect(box?.width, `at ${width} px`).toBeGreaterThan(70);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  }
});

test('the banner of a paused integration shows its id as Kombo writes it', async () => {
  const page = await console_.open();
  await switchOn(page, 'Integration off');
  await address(page, 'paused2');
  await choose(page, [{ name: 'Paused.pdf', bytes: pdf }]);
  const [sandbox] = console_.stack.kombo.integrations.list();
  await page.getByText(`The integration ${sandbox?.id} has been paused since`).waitFor();
});
