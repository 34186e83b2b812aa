import type { Locator, Page } from 'playwright-core';

/** A file that is dropped on the page. */
export interface DroppedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const payloads = (files: readonly DroppedFile[]) =>
  files.map(({ name, bytes }) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) }));

/** Chooses the target of the next files. */
export const address = async (
  page: Page,
  id: string,
  kind: 'Candidate' | 'Application' = 'Candidate',
): Promise<void> => {
  await page.getByRole('radio', { name: kind }).check({ force: true });
  await page.getByLabel(`${kind} id`).fill(id);
};

export const choose = async (page: Page, files: readonly DroppedFile[]): Promise<void> => {
  await page.locator('#files').setInputFiles(payloads(files));
};

/** Drops files on an element of the page, as a file manager does. */
export const drop = async (
  page: Page,
  files: readonly DroppedFile[],
  onto: Locator = page.locator('#drop'),
): Promise<void> => {
  const contents = files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString('base64') }));
  const transfer = await page.evaluateHandle(
    `(() => {
      const transfer = new DataTransfer();
      for (const { name, base64 } of ${JSON.stringify(contents)}) {
        transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
      }
      return transfer;
    })()`,
  );
  for (const type of ['dragover', 'drop']) await onto.dispatchEvent(type, { dataTransfer: transfer });
};

/** The rows whose state has this label on the page. */
export const rowsNamed = (page: Page, label: string): Locator =>
  page.locator('#rows > li').filter({ has: page.locator('.pill', { hasText: new RegExp(`^${label}$`) }) });

export const row = (page: Page, name: string): Locator =>
  page.locator('#rows > li').filter({ has: page.getByText(name, { exact: true }) });

const flip = async (page: Page, label: string, on: boolean): Promise<void> => {
  await page.getByRole('switch', { name: label }).setChecked(on, { force: true });
};

export const switchOn = (page: Page, label: string): Promise<void> => flip(page, label, true);
export const switchOff = (page: Page, label: string): Promise<void> => flip(page, label, false);
