import { appendFileSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { greenhouseIntegrationId, startKomboEmulator } from '../../../../../infra/local/kombo/emulator.ts';
import { list, post, resultsOf } from '../../../../fakes/emulator-caller.ts';
import type { Seen } from '../../../../fakes/raw-call.ts';
import { temporaryFolder } from '../../../../fakes/temporary-folder.ts';

const newStateFile = async (): Promise<string> => join(await temporaryFolder(), 'new', 'kombo.jsonl');

/** Each listing has new links. */
const withoutLinks = (listed: Seen) => resultsOf(listed).map(({ data_url: _, ...entry }) => entry);

test('attachments with their bytes, and links of applications, survive a restart of the emulator', async () => {
  const stateFile = await newStateFile();
  const before = await startKomboEmulator({ stateFile });
  before.linkApplication({ integrationId: greenhouseIntegrationId, applicationId: 'A1', candidateId: 'Frank1' });
  await post(before, 'Frank1');
  const listedBefore = withoutLinks(await list(before, 'Frank1'));
  await before.close();

  const after = await startKomboEmulator({ stateFile, port: before.port });
  try {
    expect(withoutLinks(await list(after, 'Frank1'))).toEqual(listedBefore);
    expect(listedBefore).toHaveLength(1);
    expect((await after.attachments()[0]?.bytes())?.toString()).toBe('%PDF-1.7 Frank');
    await post(after, 'Frank1');
    expect(resultsOf(await list(after, 'Frank1'))).toHaveLength(2);
    expect(readFileSync(stateFile, 'utf8')).toContain('"link"');
  } finally {
    await after.close();
  }
});

test('a line of the store that a killed process left half-written is skipped, and only that line', async () => {
  const stateFile = await newStateFile();
  const before = await startKomboEmulator({ stateFile });
  await post(before, 'Frank1');
  await before.close();
  appendFileSync(stateFile, '{"attachment":{"id":"half');

  for (const expected of [2, 3]) {
    const after = await startKomboEmulator({ stateFile });
    await post(after, 'Frank1');
    expect(after.attachments()).toHaveLength(expected);
    await after.close();
  }
});

test('the stored files are readable only by their owner', async () => {
  const stateFile = await newStateFile();
  const emulator = await startKomboEmulator({ stateFile });
  await post(emulator, 'Frank1');
  await emulator.close();

  const [content = ''] = readdirSync(`${stateFile}.files`);
  expect(statSync(join(`${stateFile}.files`, content)).mode & 0o077).toBe(0);
  expect(statSync(stateFile).mode & 0o077).toBe(0);
});

test('a reset of the emulator removes the stored attachments', async () => {
  const stateFile = await newStateFile();
  const emulator = await startKomboEmulator({ stateFile });
  await post(emulator, 'Frank1');
  await emulator.reset();
  await post(emulator, 'Jane1');
  await emulator.close();

  const after = await startKomboEmulator({ stateFile });
  expect(after.attachments().map(({ target }) => target.id)).toEqual(['Jane1']);
  expect(readdirSync(`${stateFile}.files`)).toHaveLength(1);
  await after.close();
});
