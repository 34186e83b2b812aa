/** Types for the part of the package that the local stack uses: the package has none. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  export interface DynaliteOptions {
    /** Folder of the LevelDB store. Default: in memory. */
    readonly path?: string;
    /** How long a new table stays in state CREATING. */
    readonly createTableMs?: number;
    /** How long a deleted table stays in state DELETING. */
    readonly deleteTableMs?: number;
  }

  const dynalite: (options?: DynaliteOptions) => Server;
  export default dynalite;
}
