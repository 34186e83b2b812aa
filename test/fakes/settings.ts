import { readSettings, type Settings } from '../../lib/config/config.ts';

/** Complete settings as a function reads them, changed as a test needs it. */
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
