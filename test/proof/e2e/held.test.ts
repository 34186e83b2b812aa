import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { pdf } from '../../fakes/files.ts';
import { address, choose, rowsNamed } from './console-page.ts';
import { consoleOfThisFile } from './console-stack.ts';

const console_ = consoleOfThisFile({ handlers: { names: ['on-upload', 'on-demand'] } });

/** Kombo refuses each call for this candidate in a way that only an operator can resolve. */
const holdFile = async (page: Page, id: string): Promise<void> => {
  await address(page, `fault-bare-403_as_${id}`);
  await choose(page, [{ name: `${id}.pdf`, bytes: Buffer.concat([pdf, Buffer.from(`% ${id}\n`)]) }]);
  await rowsNamed(page, 'Held')
    .filter({ hasText: `${id}.pdf` })
    .waitFor();
};

const rowOf = (page: Page, id: string) => page.locator('#rows > li').filter({ hasText: `${id}.pdf` });

test("the dialog asks for the operator's reason, sends it once, and returns the focus to the row", async () => {
  const page = await console_.open();
  await holdFile(page, 'focus');
  const mine = rowOf(page, 'focus');
  const dialog = page.getByRole('dialog');
  const focused = () => page.evaluate('document.activeElement.innerText');
  await mine.getByRole('button', { name: 'Retry' }).focus();
  await page.keyboard.press('Enter');
  const reason = dialog.getByLabel('Reason');
  expect(await reason.inputValue()).toBe('');
  await page.keyboard.press('Escape');
  expect(await focused()).toBe('Retry');

  await mine.getByRole('button', { name: 'Resolve' }).click();
  await reason.fill('The candidate has left.');
  await dialog.getByRole('button', { name: 'Send' }).click();
  await expect.poll(() => dialog.locator('#ask-answer').innerText()).toContain('"ok": true');
  expect(await dialog.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
  expect(await focused()).toBe('Close');
  // The button that opened it disappears with the state.
  await expect.poll(() => mine.locator('.pill').innerText()).toBe('Rejected');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'hidden' });
  await expect.poll(focused).toContain('focus.pdf');
});
