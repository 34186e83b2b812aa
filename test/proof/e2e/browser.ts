import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

export type Look = 'light' | 'dark';

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly look?: Look;
}

export interface Browser {
  open(url: string, options?: PageOptions): Promise<Page>;
  /** Errors of any page so far: messages of its console, and uncaught exceptions. */
  readonly mistakes: readonly string[];
  close(): Promise<void>;
}

/** The message of a browser when the stack has stopped; the page shows its own. */
const expected = /Failed to load resource|net::ERR_|WebSocket|EventSource/;

/** Debian's Chromium with a fresh profile, without update checks. */
export const startBrowser = async (): Promise<Browser> => {
  const profile = await mkdtemp(path.join(tmpdir(), 'cv-courier-browser-'));
  const context: BrowserContext = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    chromiumSandbox: false,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
    acceptDownloads: true,
    locale: 'en-GB',
    permissions: ['clipboard-read', 'clipboard-write'],
    viewport: null,
  });
  const mistakes: string[] = [];
  return {
    mistakes,
    async open(url, { width = 1440, height = 1000, look = 'light' } = {}) {
      const page = await context.newPage();
      page.on('pageerror', (error) => mistakes.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error' && !expected.test(message.text())) mistakes.push(message.text());
      });
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: look });
      await page.goto(url);
      return page;
    },
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
};
