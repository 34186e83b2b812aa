import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';

const root = path.join(import.meta.dirname, '..', '..', '..');

/** Writes a screenshot to the artifacts of the run. */
export const saveScreenshot = async (page: Page, name: string): Promise<void> => {
  const folder = path.join(root, 'artifacts');
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), animations: 'disabled' });
};

/** The picture of the README. Pixels differ between machines, so it is updated only on request. */
export const updatePicture = async (page: Page): Promise<void> => {
  if (process.env.UPDATE_SCREENSHOT !== '1') return;
  await mkdir(path.join(root, 'docs'), { recursive: true });
  await page.setViewportSize({ width: 1200, height: 860 });
  await page.screenshot({ path: path.join(root, 'docs', 'console.png'), animations: 'disabled' });
};
