import { expect, test } from 'vitest';
import { exe, pdf } from '../../fakes/files.ts';
import { address, choose, row, rowsNamed } from './console-page.ts';
import { consoleOfThisFile } from './console-stack.ts';

const console_ = consoleOfThisFile({ handlers: { names: ['on-upload'] } });

test('no box of the page is larger than its content: the files of Kombo without a file, the deliveries with one', async () => {
  const page = await console_.open();
  const height = async (part: string) => (await page.locator(part).boundingBox())?.height ?? 0;
  await page.locator('#stored-empty').waitFor();
  expect(await height('.stored')).toBeLessThan(90);
  await address(page, 'one1');
  await choose(page, [{ name: 'One.pdf', bytes: pdf }]);
  await rowsNamed(page, 'Attached').waitFor();
  expect(await height('#rows-frame')).toBeLessThan(110);
});

test.each([360, 768, 1440])(
  'at %i px all sentences of rows are aligned, and a filter has equal padding on both sides',
  async (width) => {
    const page = await console_.open({ width });
    await address(page, `a${width}`);
    await choose(page, [{ name: 'Short.pdf', bytes: Buffer.concat([pdf, Buffer.from(`% ${width}\n`)]) }]);
    await address(page, `candidate-with-a-long-id-${width}`);
    await choose(page, [{ name: 'Setup with a long name that needs all of its line.pdf', bytes: exe }]);
    await rowsNamed(page, 'Rejected')
      .filter({ hasText: `-${width}` })
      .waitFor();
    const starts = await page.evaluate(`[...document.querySelectorAll('.sentence')].map((each) => {
    const words = document.createRange();
    words.selectNodeContents(each);
    return Math.round(words.getBoundingClientRect().left);
  })`);
    expect(new Set(starts as number[]).size).toBe(1);
    const sides = await page.evaluate(`[...document.querySelectorAll('#filters button')].map((each) => {
    const words = document.createRange();
    words.selectNodeContents(each.firstChild);
    const [inner, outer] = [words.getBoundingClientRect(), each.getBoundingClientRect()];
    return Math.round(Math.abs(inner.left - outer.left - (outer.right - inner.right)));
  })`);
    expect(sides).toEqual([0, 0, 0, 0, 0]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  },
);

test('an open row of a rejected file shows its next step once', async () => {
  const page = await console_.open();
  await address(page, 'once1');
  await choose(page, [{ name: 'Once.pdf', bytes: exe }]);
  const mine = row(page, 'Once.pdf');
  await mine.filter({ hasText: 'Rejected' }).locator('summary').click();
  await mine.getByText('TYPE_CONTRADICTED', { exact: true }).waitFor();
  expect((await mine.innerText()).split('ask the uploader for the real document')).toHaveLength(2);
});
