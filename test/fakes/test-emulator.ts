import { afterAll, beforeEach } from 'vitest';
import { type KomboEmulator, type KomboEmulatorOptions, startKomboEmulator } from '../../infra/local/kombo/emulator.ts';

/** One emulator for the tests of a file, reset before each of them. */
export const testEmulator = async (options: KomboEmulatorOptions = {}): Promise<KomboEmulator> => {
  const emulator = await startKomboEmulator(options);
  beforeEach(async () => {
    await emulator.reset();
    await emulator.idle();
  });
  afterAll(() => emulator.close());
  return emulator;
};
