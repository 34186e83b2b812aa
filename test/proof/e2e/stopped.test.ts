import { expect, onTestFinished, test } from 'vitest';
import { startStack } from '../../../infra/local/stack.ts';
import { pdf } from '../../fakes/files.ts';
import { newFolder, remove } from '../../fakes/temporary-folder.ts';
import { startBrowser } from './browser.ts';
import { address, choose, drop, rowsNamed } from './console-page.ts';

test('the page shows that its stack has stopped, and continues when the stack runs again', async () => {
  const stateDir = await newFolder();
  const browser = await startBrowser();
  let stack = await startStack({ stateDir, console: true, portBase: 47_810 });
  onTestFinished(async () => {
    await browser.close();
    await stack.close();
    await remove(stateDir);
  });
  const page = await browser.open(stack.endpoints.console ?? '');
  await address(page, 'stopped1');
  await choose(page, [{ name: 'CV.pdf', bytes: pdf }]);
  await rowsNamed(page, 'Attached').waitFor();

  await stack.close();
  await page.getByText('Stopped. Looking for the stack').waitFor();
  const controls = [
    page.getByRole('button', { name: 'Choose files' }),
    page.getByRole('switch', { name: 'Slow' }),
    page.getByRole('switch', { name: 'Mask names' }),
    page.getByRole('button', { name: 'Check the setup' }),
  ];
  for (const each of controls) expect(await each.isDisabled()).toBe(true);
  // The rows can still be filtered.
  expect(await page.getByRole('button', { name: /^Attached/ }).isEnabled()).toBe(true);
  await drop(page, [{ name: 'Late.pdf', bytes: pdf }]);
  await page.getByRole('alert').getByText('Late.pdf: The local stack does not answer.').waitFor();

  stack = await startStack({ stateDir, console: true, portBase: 47_810 });
  await page.getByText('Live', { exact: true }).waitFor();
  for (const each of controls) expect(await each.isEnabled()).toBe(true);
  expect(await rowsNamed(page, 'Attached').count()).toBe(1);
});

test('files wait while Kombo cannot be reached, and the page says why', async () => {
  const stateDir = await newFolder();
  const browser = await startBrowser();
  const stack = await startStack({ stateDir, console: true, handlers: { names: ['on-upload'] } });
  onTestFinished(async () => {
    await browser.close();
    await stack.close();
    await remove(stateDir);
  });
  const page = await browser.open(stack.endpoints.console ?? '');
  await stack.kombo.close();
  await address(page, 'gone1');
  await choose(page, [{ name: 'CV.pdf', bytes: pdf }]);
  await rowsNamed(page, 'Waiting').waitFor();
  expect(await page.locator('#rows .sentence').innerText()).toMatch(/^Tried again after .*: KOMBO_UNREACHABLE$/);
});
