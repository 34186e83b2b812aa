import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { pdf } from '../../fakes/files.ts';
import { address, choose, switchOff, switchOn } from './console-page.ts';
import { consoleOfThisFile } from './console-stack.ts';
import { saveScreenshot } from './screenshot.ts';

const console_ = consoleOfThisFile();

/** The positions of the parts of the page that must not move while rows are added. */
const places = (page: Page): Promise<unknown> =>
  page.evaluate(
    `['#drop', '#deliveries', '#faults'].map((part) => document.querySelector(part).getBoundingClientRect().top)`,
  );

test('five hundred files dropped together are all attached, and the page meanwhile responds and does not move', async () => {
  const page = await console_.open();
  await address(page, 'many1');
  // The first files fill both lists; until then, the lists grow.
  const first = Array.from({ length: 10 }, (_, index) => ({
    name: `First ${index}.pdf`,
    bytes: Buffer.concat([pdf, Buffer.from(`% first ${index}\n`)]),
  }));
  await choose(page, first);
  await expect.poll(() => page.locator('[data-target="candidate/many1"] li').count()).toBe(10);
  await expect.poll(() => page.locator('#filters [data-group=attached] .count').innerText()).toBe('10');
  await page.locator('#rows-frame').hover();
  await page.evaluate(`
    window.shift = 0;
    new PerformanceObserver((list) => {
      // Within the two lists newer rows move older ones down, as intended.
      const inLists = ({ node }) => !node?.isConnected || Boolean(node.parentElement.closest('#rows, #stored'));
      for (const { value, sources } of list.getEntries()) {
        const outside = sources.filter((source) => !inLists(source));
        if (outside.length > 0) window.shift += value;
        for (const { node } of outside) (window.moved ??= new Set()).add(node.id + '.' + node.className + node.nodeName);
      }
    }).observe({ type: 'layout-shift' });
  `);
  const files = Array.from({ length: 500 }, (_, index) => ({
    name: `CV ${index}.pdf`,
    bytes: Buffer.concat([pdf, Buffer.from(`% ${index}\n`)]),
  }));
  await choose(page, files);
  await page.locator('#batch:not([data-idle])').waitFor();
  // The page responds while files arrive: names are masked and shown again.
  await switchOn(page, 'Mask names');
  await page.locator('#rows .name', { hasText: '•••.pdf' }).first().waitFor();
  expect(await page.locator('#batch:not([data-idle])').count()).toBe(1);
  await switchOff(page, 'Mask names');
  await page.locator('#rows-frame').hover();
  const during = await places(page);
  await expect.poll(() => console_.stack.kombo.attachments().length, { timeout: 400_000, interval: 250 }).toBe(510);
  await expect.poll(() => page.locator('#filters [data-group=attached] .count').innerText()).toBe('510');
  await page.locator('#batch[data-idle]').waitFor({ state: 'hidden' });
  expect(await page.locator('#rows > li').count()).toBe(510);
  expect(await page.evaluate('window.shift')).toBeLessThan(0.1);
  expect(await places(page)).toEqual(during);
  await saveScreenshot(page, 'five-hundred');
}, 500_000);
