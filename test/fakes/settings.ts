import { readSettings, type Settings } from '../../lib/config/config.ts';

/** Complete settings as a function reads them, with the changes that a test needs. */
export const settingsWith = (env: Readonly<Record<string, string>> = {}, change: Partial<Settings> = {}): Settings => ({
  ...readSettings({
    BUCKET: 'cv-inbox',
    LEDGER_TABLE: 'ledger',
    KOMBO_API_KEY: 'ks_dev_local',
    KOMBO_INTEGRATION_ID: 'greenhouse:1',
    ...env,
  }),
  ...change,
});
