import type { Clock } from './clock.ts';
import type { Settings } from './config/config.ts';
import type { ApiKey } from './kombo/api-key.ts';
import type { KomboClient } from './kombo/client.ts';
import type { Links } from './kombo/links.ts';
import type { Load } from './kombo/load.ts';
import type { RestrictionsCache } from './kombo/restrictions-cache.ts';
import type { LaneStore } from './lane/lane-store.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Table } from './ledger/table.ts';
import type { Observe } from './outcome.ts';
import type { Log } from './telemetry/observe.ts';
import type { Storage } from './upload/storage.ts';

/**
 * Every port and setting that a use case may need. Functions take only what they use: `Pick<Courier, 'ledger' | ...>`.
 * `handlers/runtime.ts` builds the real one; tests and the simulation build their own.
 */
export interface Courier {
  readonly settings: Settings;
  /** The bucket. */
  readonly storage: Storage;
  readonly kombo: KomboClient;
  /** Links to listed files. */
  readonly links: Links;
  readonly restrictions: RestrictionsCache;
  /** This instance's share of the concurrent calls to Kombo. */
  readonly load: Load;
  readonly apiKey: ApiKey;
  /** The ledger's table. Use cases go through `ledger` and `lanes` where possible. */
  readonly table: Table;
  readonly ledger: Ledger;
  readonly lanes: LaneStore;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly uuid: () => string;
  /** Called once for every outcome. */
  readonly observe: Observe;
  readonly log: Log;
}
