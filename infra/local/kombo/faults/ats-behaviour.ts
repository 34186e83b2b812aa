import type { BendingFault } from './fault.ts';

/** What a tool may do to a file after accepting it; visible in the listing. */
export interface AtsBehaviour {
  /** Delay until the file is listed, for example for a virus scan. */
  readonly lateMs: number;
  readonly renames: boolean;
  readonly hidesDates: boolean;
}

export const atsBehaviourOf = (bending: readonly BendingFault[]): AtsBehaviour => ({
  lateMs: bending.reduce((sum, fault) => sum + (fault.kind === 'late-listing' ? fault.ms : 0), 0),
  renames: bending.some(({ kind }) => kind === 'renamed'),
  hidesDates: bending.some(({ kind }) => kind === 'undated'),
});

/** Tools that rename a file keep its extension. */
export const renameFile = (name: string, type: string): string => `${type}_1${/\.\w+$/.exec(name)?.[0] ?? ''}`;
