import { type AttachmentAction, actionOf, type Call } from '../api/calls.ts';
import { type ApiError, apiError } from '../api/errors.ts';

export type FileType = 'CV' | 'COVER_LETTER' | 'OTHER';

/** What the tool takes of one type of file, as Kombo's actions endpoint tells it; null where nothing is known. */
export type TypeRestriction =
  | { readonly is_supported: false }
  | {
      readonly is_supported: true;
      readonly max_file_size_bytes: number | null;
      readonly accepted_mime_types: readonly string[] | null;
    };

export type AttachmentRestrictions = { readonly types: Readonly<Record<FileType, TypeRestriction>> };

/** One customer's connection to one tool, and all that can be wrong with it. */
export interface Integration {
  /** `<tool>:` and 24 characters. */
  readonly id: string;
  readonly status: 'ACTIVE' | 'INVALID' | 'INACTIVE';
  readonly setupStatus: 'INCOMPLETE' | 'FINAL_SYNC_PENDING' | 'COMPLETED';
  readonly actions: Readonly<Record<AttachmentAction, 'ENABLED' | 'DISABLED' | 'UNSUPPORTED'>>;
  /** Whether the scope config lets attachments be read. */
  readonly reading: 'ENABLED' | 'DISABLED' | 'UNSUPPORTED';
  readonly toolDown: boolean;
  /** Null is what the endpoint says when Kombo knows nothing. */
  readonly restrictions: Readonly<Record<AttachmentAction, AttachmentRestrictions | null>>;
  /** Whether the tool tells when a file came; many do not. */
  readonly dated: boolean;
  /** Put on every success of a unified action. */
  readonly warnings: readonly string[];
  /** Calls in flight; undefined is the emulator's common limit. */
  readonly concurrencyLimit: number | undefined;
}

export type IntegrationChange = Partial<Omit<Integration, 'id' | 'actions' | 'restrictions'>> & {
  readonly actions?: Partial<Integration['actions']>;
  readonly restrictions?: Partial<Integration['restrictions']>;
};

/** Two integrations that every emulator has unless told otherwise. */
export const sandboxIntegrationId = 'kombo-sandbox:CvCourierSandboxAAAAAAAA';
export const greenhouseIntegrationId = 'greenhouse:CvCourierGreenhouseAAAAA';

const healthy = (id: string): Integration => ({
  id,
  status: 'ACTIVE',
  setupStatus: 'COMPLETED',
  actions: { ats_add_candidate_attachment: 'ENABLED', ats_add_application_attachment: 'ENABLED' },
  reading: 'ENABLED',
  toolDown: false,
  restrictions: { ats_add_candidate_attachment: null, ats_add_application_attachment: null },
  dated: true,
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
      if (before === undefined) throw new RangeError(`There is no integration "${id}".`);
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

/** Why an integration refuses a call before anybody looks at its body. */
export const integrationRefusal = (integration: Integration, call: Call): ApiError | undefined => {
  const { id, status, setupStatus } = integration;
  if (status === 'INACTIVE') return apiError('INTEGRATION.INACTIVE', `The integration ${id} is switched off.`);
  if (status === 'INVALID') {
    return apiError('INTEGRATION.AUTHENTICATION_INVALID', `The tool no longer accepts the credentials of ${id}.`);
  }
  if (setupStatus === 'INCOMPLETE') {
    return apiError('INTEGRATION.SETUP_INCOMPLETE', `The setup of ${id} is not finished.`);
  }
  if (setupStatus === 'FINAL_SYNC_PENDING') {
    return apiError('INTEGRATION.SETUP_SYNC_PENDING', `The first sync of ${id} still runs.`);
  }
  if (call.kind === 'post') return actionRefusal(integration, actionOf(call.target.kind));
  if (call.kind === 'list' && integration.reading !== 'ENABLED') {
    // The choice of code is ours: Kombo publishes none for reading without the permission.
    return integration.reading === 'DISABLED'
      ? apiError('INTEGRATION.MODEL_DISABLED', `Reading attachments is switched off for ${id}.`)
      : apiError('INTEGRATION.MODEL_NOT_AVAILABLE', `The tool of ${id} does not show its attachments.`);
  }
  return undefined;
};

const actionRefusal = ({ id, actions }: Integration, action: AttachmentAction): ApiError | undefined => {
  switch (actions[action]) {
    case 'ENABLED':
      return undefined;
    case 'DISABLED':
      return apiError('INTEGRATION.ACTION_DISABLED', `The action ${action} is switched off for ${id}.`);
    case 'UNSUPPORTED':
      return apiError('INTEGRATION.ACTION_NOT_AVAILABLE', `The tool of ${id} has no action ${action}.`);
  }
};

/** Why the tool behind an integration refuses what Kombo let pass. */
export const toolRefusal = ({ id, toolDown }: Integration): ApiError | undefined =>
  toolDown ? apiError('REMOTE.SERVICE_UNAVAILABLE', `The tool of ${id} does not answer.`) : undefined;
