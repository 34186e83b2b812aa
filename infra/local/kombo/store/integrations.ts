import { type AttachmentAction, attachmentActions } from '../api/calls.ts';
import type { Habits } from '../faults/ats-habits.ts';

export type FileType = 'CV' | 'COVER_LETTER' | 'OTHER';

/** What the ATS accepts of one type of file, as reported by Kombo's actions endpoint; null when Kombo does not know. */
export type TypeRestriction =
  | { readonly is_supported: false }
  | {
      readonly is_supported: true;
      readonly max_file_size_bytes: number | null;
      readonly accepted_mime_types: readonly string[] | null;
    };

export type AttachmentRestrictions = { readonly types: Readonly<Record<FileType, TypeRestriction>> };

/** One customer's connection to one ATS, with every state that can be wrong. */
export interface Integration {
  /** `<tool>:` followed by 24 characters. */
  readonly id: string;
  readonly status: 'ACTIVE' | 'INVALID' | 'INACTIVE';
  readonly setupStatus: 'INCOMPLETE' | 'FINAL_SYNC_PENDING' | 'COMPLETED';
  readonly actions: Readonly<Record<AttachmentAction, 'ENABLED' | 'DISABLED' | 'UNSUPPORTED'>>;
  /** Whether the scope config allows attachments to be read. */
  readonly reading: 'ENABLED' | 'DISABLED' | 'UNSUPPORTED';
  readonly toolDown: boolean;
  /** The endpoint answers null when Kombo knows no restrictions. */
  readonly restrictions: Readonly<Record<AttachmentAction, AttachmentRestrictions | null>>;
  /** How the ATS lists files. Without habits: as in Kombo's own examples. */
  readonly habits: Habits;
  /** Added to every successful unified action. */
  readonly warnings: readonly string[];
  /** Maximum number of calls in flight. Default: the emulator's common limit. */
  readonly concurrencyLimit: number | undefined;
}

export type IntegrationChange = Partial<Omit<Integration, 'id' | 'actions' | 'restrictions'>> & {
  readonly actions?: Partial<Integration['actions']>;
  readonly restrictions?: Partial<Integration['restrictions']>;
};

/** Two integrations that every emulator has by default. The tool of Kombo's own sandbox is "sandbox". */
export const sandboxIntegrationId = 'sandbox:CvCourierSandboxAAAAAAAA';
export const greenhouseIntegrationId = 'greenhouse:CvCourierGreenhouseAAAAA';

const forEachAction = <const Value>(value: Value): Record<AttachmentAction, Value> =>
  Object.fromEntries(attachmentActions.map((action) => [action, value])) as Record<AttachmentAction, Value>;

const healthy = (id: string): Integration => ({
  id,
  status: 'ACTIVE',
  setupStatus: 'COMPLETED',
  actions: forEachAction('ENABLED'),
  reading: 'ENABLED',
  toolDown: false,
  restrictions: forEachAction(null),
  habits: [],
  warnings: [],
  concurrencyLimit: undefined,
});

export interface Integrations {
  get(id: string): Integration | undefined;
  list(): readonly Integration[];
  /** @throws {RangeError} for an integration that does not exist. */
  change(id: string, change: IntegrationChange): Integration;
  reset(): void;
}

export const createIntegrations = (ids: readonly string[]): Integrations => {
  const byId = new Map<string, Integration>();
  const reset = () => {
    for (const id of ids) byId.set(id, healthy(id));
  };
  reset();
  return {
    get: (id) => byId.get(id),
    list: () => [...byId.values()],
    change(id, { actions, restrictions, ...rest }) {
      const before = byId.get(id);
      if (before === undefined) throw new RangeError(`Unknown integration "${id}".`);
      const after: Integration = {
        ...before,
        ...rest,
        actions: { ...before.actions, ...actions },
        restrictions: { ...before.restrictions, ...restrictions },
      };
      byId.set(id, after);
      return after;
    },
    reset,
  };
};
