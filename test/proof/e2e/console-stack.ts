import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { defaultLimits } from '../../../infra/local/kombo/api/limits.ts';
import { type Stack, type StackOptions, startStack } from '../../../infra/local/stack.ts';
import { newFolder, remove } from '../../fakes/temporary-folder.ts';
import { type Browser, type PageOptions, startBrowser } from './browser.ts';

/** A stack with its page, and a browser; one of each per test file. The schedule runs each second. */
export const consoleOfThisFile = (options: Partial<StackOptions> = {}) => {
  let stack: Stack;
  let browser: Browser;
  let folder: string;
  const pages: Page[] = [];

  beforeAll(async () => {
    folder = await newFolder();
    [stack, browser] = await Promise.all([
      startStack({ scheduleEveryMs: 1_000, console: true, ...options, stateDir: folder }),
      startBrowser(),
    ]);
  });
  afterEach(async () => {
    await Promise.all(pages.splice(0).map((page) => page.close()));
    // A failed test must not leave its faults to the next one.
    const { kombo } = stack;
    kombo.faults.clear();
    kombo.apiKeys.restore();
    kombo.limits.change({ ratePerWindow: defaultLimits.ratePerWindow, windowSeconds: defaultLimits.windowSeconds });
    for (const { id } of kombo.integrations.list())
      kombo.integrations.change(id, { toolDown: false, status: 'ACTIVE', habits: [] });
    expect(browser.mistakes).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.close();
    await remove(folder);
  });

  return {
    get stack() {
      return stack;
    },
    get url() {
      return stack.endpoints.console ?? '';
    },
    async open(pageOptions: PageOptions = {}): Promise<Page> {
      const page = await browser.open(stack.endpoints.console ?? '', pageOptions);
      pages.push(page);
      await page.locator('#connection[data-state=live]').waitFor();
      return page;
    },
  };
};
