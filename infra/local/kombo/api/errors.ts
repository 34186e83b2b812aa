import type { KomboAtsErrorCode } from '@kombo-api/sdk/models';

/** An error as Kombo reports it; `code` is null for errors without a code. */
export interface ApiError {
  readonly code: string | null;
  readonly status: number;
  readonly title: string | null;
  readonly message: string;
}

/**
 * HTTP status and title of every error code that Kombo documents; the SDK's own type keeps the list complete. Kombo
 * publishes few of the statuses and asks callers not to rely on them. The others are the closest fit.
 */
const knownErrors = {
  'PLATFORM.RATE_LIMIT_EXCEEDED': [429, 'Rate limit exceeded'],
  'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED': [429, 'Concurrency limit exceeded'],
  'PLATFORM.INTEGRATION_NOT_FOUND': [404, 'Integration not found'],
  'PLATFORM.INPUT_INVALID': [400, 'Input invalid'],
  'PLATFORM.UNKNOWN_ERROR': [500, 'Unknown error'],
  'PLATFORM.IP_NOT_WHITELISTED': [403, 'IP address not allowed'],
  'PLATFORM.AUTHENTICATION_INVALID': [401, 'API key invalid'],
  'PLATFORM.TASK_TIMED_OUT': [504, 'Task timed out'],
  'INTEGRATION.PERMISSION_MISSING': [403, 'Permission missing in the tool'],
  'INTEGRATION.AUTHENTICATION_INVALID': [401, 'Credentials of the tool invalid'],
  'INTEGRATION.QA_FAILED': [409, 'Integration failed the checks'],
  'INTEGRATION.SETUP_SYNC_PENDING': [409, 'First sync pending'],
  'INTEGRATION.SETUP_INCOMPLETE': [409, 'Setup incomplete'],
  'INTEGRATION.INACTIVE': [409, 'Integration inactive'],
  'INTEGRATION.MODEL_NOT_AVAILABLE': [404, 'Model not available'],
  'INTEGRATION.MODEL_DISABLED': [403, 'Model disabled'],
  'INTEGRATION.ACTION_NOT_AVAILABLE': [404, 'Action not available'],
  'INTEGRATION.ACTION_DISABLED': [403, 'Action disabled'],
  'REMOTE.SERVICE_UNAVAILABLE': [503, 'Tool unavailable'],
  'REMOTE.RATE_LIMIT_EXCEEDED': [429, 'Rate limit of the tool exceeded'],
  'REMOTE.INPUT_INVALID': [400, 'Input refused by the tool'],
  'REMOTE.UNKNOWN_HTTP_ERROR': [502, 'Unknown answer from the tool'],
  'ATS.JOB_CLOSED': [400, 'Job closed'],
  'ATS.APPLICATION_ALREADY_EXISTS': [409, 'Application already exists'],
} as const satisfies Record<KomboAtsErrorCode, readonly [status: number, title: string]>;

export const knownErrorCodes = Object.keys(knownErrors) as readonly (keyof typeof knownErrors)[];

const isKnown = (code: string): code is keyof typeof knownErrors => Object.hasOwn(knownErrors, code);

/** A documented error with a message for this case. */
export const apiError = (code: keyof typeof knownErrors, message: string): ApiError => {
  const [status, title] = knownErrors[code];
  return { code, status, title, message };
};

/** Any error: with a documented code, an unknown one, or none. A given status overrides the one in the table. */
export const anyError = (code: string | null, message: string, status?: number): ApiError => {
  const [tableStatus, title] = code !== null && isKnown(code) ? knownErrors[code] : [400, null];
  return { code, status: status ?? tableStatus, title, message };
};
