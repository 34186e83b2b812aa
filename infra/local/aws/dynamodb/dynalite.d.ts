/** The part of the package that the local stack uses; it brings no types of its own. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  export interface DynaliteOptions {
    /** Folder of the LevelDB store; in memory when left out. */
    readonly path?: string;
    /** How long a new table stays in state CREATING. */
    readonly createTableMs?: number;
    /** How long a deleted table stays in state DELETING. */
    readonly deleteTableMs?: number;
  }

  const dynalite: (options?: DynaliteOptions) => Server;
  export default dynalite;
}
