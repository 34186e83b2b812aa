import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { pdf } from '../../fakes/files.ts';
import { temporaryFolder } from '../../fakes/temporary-folder.ts';
import { address, choose, drop, row, rowsNamed } from './console-page.ts';
import { consoleOfThisFile } from './console-stack.ts';

const console_ = consoleOfThisFile();

const storedNames = (id: string) =>
  console_.stack.kombo.attachments({ target: { kind: 'candidate', id } }).map(({ name }) => name);

test('a dropped folder uploads its files and those of its subfolders, also two of one name, but no hidden system files', async () => {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, 'inner'));
  for (const [index, name] of ['CV.pdf', 'inner/CV.pdf', 'inner/Other.pdf', '.hidden.pdf'].entries()) {
    await writeFile(path.join(folder, name), Buffer.concat([pdf, Buffer.from(`% ${index}\n`)]));
  }
  const page = await console_.open();
  await address(page, 'folder1');
  await page.locator('#folder').setInputFiles(folder);
  await expect.poll(() => storedNames('folder1').toSorted()).toEqual(['CV (2).pdf', 'CV.pdf', 'Other.pdf']);
});

test('names with any characters arrive unchanged, and none is interpreted as HTML of the page', async () => {
  const names = [
    '<img src=x onerror=document.title=1>.pdf',
    `it's "quoted" & <b>bold<b>.pdf`,
    '😀 履歴書 C++ 100%.pdf',
    '{{constructor}} ${7*7}.pdf',
  ];
  const page = await console_.open();
  await address(page, 'odd1');
  await choose(
    page,
    names.map((name, index) => ({ name, bytes: Buffer.concat([pdf, Buffer.from(`% ${index}\n`)]) })),
  );
  await expect.poll(() => storedNames('odd1').toSorted()).toEqual(names.toSorted());
  for (const name of names) expect(await row(page, name).innerText()).toContain('candidate/odd1');
  expect(await page.locator('main img, main b').count()).toBe(0);
  expect(await page.title()).toBe('cv-courier: local console');
});

test('a right-to-left name does not move the size and the state of its row', async () => {
  const name = 'سيرة ذاتية 2026.pdf';
  const page = await console_.open();
  await address(page, 'arabic1');
  await choose(page, [{ name, bytes: Buffer.concat([pdf, Buffer.from('% arabic\n')]) }]);
  const mine = row(page, name);
  await mine.filter({ hasText: 'Attached' }).waitFor();
  const left = async (part: string) => (await mine.locator(part).boundingBox())?.x ?? 0;
  expect(await left('.name')).toBeLessThan(await left('.size'));
  expect(await page.locator('#rows bdi.name').filter({ hasText: name }).count()).toBe(1);
});

test('a file of 200 MB is uploaded with visible progress, and rejected as too large', async () => {
  const folder = await temporaryFolder();
  const file = path.join(folder, 'Large.pdf');
  await writeFile(file, Buffer.concat([pdf, Buffer.alloc(200_000_000)]));
  const page = await console_.open();
  await address(page, 'large1');
  await page.locator('#files').setInputFiles(file);
  await rowsNamed(page, 'Uploading').filter({ hasText: 'of 200 MB' }).waitFor();
  await rowsNamed(page, 'Rejected').filter({ hasText: 'FILE_TOO_LARGE' }).waitFor({ timeout: 50_000 });
});

test('an id that no key can contain gets one sentence, not the bubble of the browser, and nothing is sent', async () => {
  const page = await console_.open();
  await page.evaluate('HTMLInputElement.prototype.reportValidity = () => { document.title = "bubble"; return false; }');
  await address(page, 'a/b c');
  await choose(page, [{ name: 'CV.pdf', bytes: pdf }]);
  await expect
    .poll(() => page.locator('#notices').innerText())
    .toContain('The candidate id must be 1 to 64 letters, digits, "-" or "_".');
  expect(await page.title()).toBe('cv-courier: local console');
  expect(await page.evaluate('document.activeElement.id')).toBe('target-id');
  expect(await page.locator('#rows > li').filter({ hasText: 'a/b c' }).count()).toBe(0);
});

test('a notice names the file and the reason, and disappears', async () => {
  const name = `${'é'.repeat(520)}.pdf`;
  const page = await console_.open();
  await page.clock.install();
  await address(page, 'long1');
  // Chosen files come from a disk, which does not allow such a name; dropped ones need not.
  await drop(page, [{ name, bytes: pdf }]);
  const notice = page.getByRole('alert').getByText(`${name}: The name of the file is too long.`);
  await notice.waitFor();
  await notice.hover();
  await page.clock.runFor(30_000);
  expect(await notice.isVisible()).toBe(true);
  await page.mouse.move(0, 0);
  await page.clock.runFor(30_000);
  await notice.waitFor({ state: 'detached' });
});
