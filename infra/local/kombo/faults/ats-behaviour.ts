import type { BendingFault } from './fault.ts';

/** What a tool may do to a file that it took; a caller sees it in the listing. */
export interface ToolHabits {
  /** Listed only so much later, for example after a virus scan. */
  readonly lateMs: number;
  readonly renames: boolean;
  readonly hidesDates: boolean;
}

export const toolHabits = (bending: readonly BendingFault[]): ToolHabits => ({
  lateMs: bending.reduce((sum, fault) => sum + (fault.kind === 'late-listing' ? fault.ms : 0), 0),
  renames: bending.some(({ kind }) => kind === 'renamed'),
  hidesDates: bending.some(({ kind }) => kind === 'undated'),
});

/** Tools that rename keep the extension; the rest is theirs. */
export const renamed = (name: string, type: string): string => `${type}_1${/\.\w+$/.exec(name)?.[0] ?? ''}`;
