import type { Failure } from './failures.ts';

/**
 * How soon, and by whom, a refused call may be repeated.
 * SOON: seconds. LATER: minutes to an hour. MUCH_LATER: hours. OPERATOR: a person acts first.
 * INPUT: this file or record is wrong. UNKNOWN: may have been delivered, so look before repeating.
 */
export type FailureClass = 'SOON' | 'LATER' | 'MUCH_LATER' | 'OPERATOR' | 'INPUT' | 'UNKNOWN';

/** What a failure pauses: nothing else, all files of its integration, or everything behind the API key. */
export type PauseScope = 'integration' | 'account';

export interface KomboFailureRule extends Failure {
  readonly class: FailureClass;
  /** Set when every other file of that scope would fail alike. */
  readonly pauses?: PauseScope;
  /** The cause can end without anybody resuming: one delivery per 15 minutes finds out. */
  readonly heals?: true;
}

/** A whole class settles alike; MUCH_LATER holds, and a probe lets go. */
const settles = {
  SOON: 'retrying',
  LATER: 'retrying',
  MUCH_LATER: 'held',
  OPERATOR: 'held',
  INPUT: 'rejected',
  UNKNOWN: 'unknown',
} as const;

const rule = <C extends FailureClass>(
  failureClass: C,
  meaning: string,
  nextStep: string,
  pause: Pick<KomboFailureRule, 'pauses' | 'heals'> = {},
): KomboFailureRule & { readonly class: C; readonly status: (typeof settles)[C] } => ({
  class: failureClass,
  status: settles[failureClass],
  meaning,
  nextStep,
  ...pause,
});

const integration = { pauses: 'integration' } as const;
const integrationUntilHealed = { pauses: 'integration', heals: true } as const;
const accountUntilHealed = { pauses: 'account', heals: true } as const;

const byItself = 'Nothing: it is tried again by itself.';
const readBack = 'Nothing: the target is read to see whether the file arrived.';

/** The codes of Kombo's error list, plus those two added in February and March 2026. */
export const komboErrorCodes = {
  'PLATFORM.RATE_LIMIT_EXCEEDED': rule('SOON', "Too many requests in Kombo's window.", byItself),
  'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED': rule(
    'SOON',
    'Too many calls in flight for this integration.',
    'Nothing at first; if it stays, lower the reserved concurrency.',
  ),
  'REMOTE.RATE_LIMIT_EXCEEDED': rule('LATER', 'The ATS slows Kombo down.', byItself),
  'REMOTE.SERVICE_UNAVAILABLE': rule('LATER', 'The ATS is down or out of reach; Kombo calls a repeat safe.', byItself),
  'INTEGRATION.SETUP_SYNC_PENDING': rule(
    'MUCH_LATER',
    'The first sync of the integration still runs; that can take hours.',
    'Nothing: one file per 15 minutes is tried, and the rest follow when it gets through.',
    integrationUntilHealed,
  ),
  'INTEGRATION.SETUP_INCOMPLETE': rule(
    'OPERATOR',
    'The setup of the integration is not finished.',
    'Ask the customer to finish the connection flow in Kombo, then resume the integration.',
    integration,
  ),
  'INTEGRATION.QA_FAILED': rule(
    'OPERATOR',
    "The integration's data failed Kombo's checks.",
    'Ask Kombo support to enable the integration again, then resume it.',
    integration,
  ),
  'INTEGRATION.INACTIVE': rule(
    'OPERATOR',
    'The integration is switched off.',
    'Enable the integration in the Kombo dashboard, then resume it.',
    integration,
  ),
  'INTEGRATION.AUTHENTICATION_INVALID': rule(
    'OPERATOR',
    "The ATS no longer accepts the customer's credentials.",
    'Ask the customer to reconnect the integration in Kombo, then resume it.',
    integration,
  ),
  'INTEGRATION.PERMISSION_MISSING': rule(
    'OPERATOR',
    "The customer's ATS credentials lack a right.",
    'Ask the customer to grant the right to add attachments in the ATS, then resume the integration.',
    integration,
  ),
  'INTEGRATION.ACTION_NOT_AVAILABLE': rule(
    'OPERATOR',
    'This ATS offers no such action through Kombo.',
    'Try the other target (application instead of candidate) in KEY_TEMPLATES, or ask Kombo; then resume the integration.',
    integration,
  ),
  'INTEGRATION.ACTION_DISABLED': rule(
    'OPERATOR',
    'Adding attachments is switched off for this integration.',
    'Enable "Add attachments" in the Kombo scope config, then resume the integration.',
    integration,
  ),
  'INTEGRATION.MODEL_NOT_AVAILABLE': rule(
    'OPERATOR',
    'This ATS offers no such data model through Kombo.',
    'Ask Kombo whether the integration supports attachments, then resume the integration.',
    integration,
  ),
  'INTEGRATION.MODEL_DISABLED': rule(
    'OPERATOR',
    'The data model is switched off for this integration.',
    'Enable the model in the Kombo scope config, then resume the integration.',
    integration,
  ),
  'PLATFORM.AUTHENTICATION_INVALID': rule(
    'OPERATOR',
    'The Kombo API key is wrong, revoked or expired.',
    'Put a valid key into the secret that KOMBO_API_KEY_SECRET names; within 15 minutes the files follow, or resume at once.',
    accountUntilHealed,
  ),
  'PLATFORM.IP_NOT_WHITELISTED': rule(
    'OPERATOR',
    'Kombo does not accept calls from this address.',
    "Add the function's fixed egress address to Kombo's allowlist, or end the allowlist; within 15 minutes the files follow, or resume at once.",
    accountUntilHealed,
  ),
  'PLATFORM.INTEGRATION_NOT_FOUND': rule(
    'OPERATOR',
    'Kombo knows no such integration under this key and region.',
    'Compare KOMBO_INTEGRATION_ID or the id in the key with the Kombo dashboard, and KOMBO_BASE_URL with its region; then resume the integration.',
    integration,
  ),
  'PLATFORM.INPUT_INVALID': rule(
    'INPUT',
    "Kombo's validation refused the request.",
    "Read Kombo's message and log_url, mend the key or the file, and upload again.",
  ),
  'REMOTE.INPUT_INVALID': rule(
    'INPUT',
    'The ATS refused the content.',
    "Read Kombo's message and log_url, mend the file, and upload again.",
  ),
  'REMOTE.UNKNOWN_HTTP_ERROR': rule('UNKNOWN', 'The ATS gave an answer that Kombo does not know.', readBack),
  'PLATFORM.UNKNOWN_ERROR': rule('UNKNOWN', 'A fault inside Kombo.', readBack),
  'PLATFORM.TASK_TIMED_OUT': rule('UNKNOWN', 'Kombo gave up waiting on its own task.', readBack),
  'ATS.JOB_CLOSED': rule(
    'INPUT',
    'The job is closed.',
    'Look at the application in the ATS; when it takes files again, retry.',
  ),
  'ATS.APPLICATION_ALREADY_EXISTS': rule(
    'INPUT',
    'The ATS speaks of an application that exists already.',
    "Read Kombo's message and log_url; this answer is not expected for an attachment.",
  ),
} as const satisfies Record<string, KomboFailureRule>;

export type KomboErrorCode = keyof typeof komboErrorCodes;

/** Kombo answered without a code that we know: the HTTP status decides. */
const uncodedAnswers = {
  KOMBO_RATE_LIMITED: rule('SOON', 'Kombo answered 429 without a known code.', byItself),
  KOMBO_UNAVAILABLE: rule('LATER', "Kombo's load balancer answered 503.", byItself),
  KOMBO_UNAUTHORIZED: rule(
    'OPERATOR',
    'Kombo answered 401 without a known code.',
    'Check the API key with the action "check"; within 15 minutes the files follow, or resume at once.',
    accountUntilHealed,
  ),
  KOMBO_FORBIDDEN: rule(
    'OPERATOR',
    'Kombo answered 403 without a known code.',
    "Read Kombo's message and log_url, grant the right that is missing, then retry.",
  ),
  KOMBO_NOT_FOUND: rule(
    'OPERATOR',
    'Kombo answered 404: most likely it knows no such candidate or application.',
    'Compare the id in the key with Kombo; when it is right, retry, otherwise upload under the right id.',
  ),
  KOMBO_REDIRECTED: rule(
    'OPERATOR',
    'Kombo answered with a redirect, which is not followed: the key would go with it.',
    'Set KOMBO_BASE_URL to the address of the API itself (eu, us, or its URL); then resume.',
    accountUntilHealed,
  ),
  KOMBO_REFUSED: rule(
    'INPUT',
    'Kombo refused the request (4xx) without a known code.',
    "Read Kombo's message and log_url, mend the key or the file, and upload again.",
  ),
  KOMBO_FAULT: rule('UNKNOWN', 'Kombo answered 5xx or 408, or an error under 2xx, without a known code.', readBack),
} as const satisfies Record<string, KomboFailureRule>;

/** No answer that could be read. Which of them apply is decided by the commit point: the last byte of the body. */
const transportFailures = {
  KOMBO_UNREACHABLE: rule(
    'SOON',
    'No connection to Kombo could be made, so nothing was delivered.',
    'Nothing at first; if it stays, check KOMBO_BASE_URL and the network of the function.',
  ),
  KOMBO_CONNECTION_LOST: rule(
    'SOON',
    'The connection to Kombo broke before the last byte, so nothing was delivered.',
    byItself,
  ),
  KOMBO_BROKE_OFF: rule(
    'LATER',
    'Kombo reported a fault before the last byte was sent, so nothing was delivered.',
    byItself,
  ),
  ANSWER_LOST: rule('UNKNOWN', "The connection broke after the last byte; Kombo's answer is lost.", readBack),
  ANSWER_TIMED_OUT: rule('UNKNOWN', 'Kombo took the file and did not answer in time.', readBack),
  ANSWER_UNREADABLE: rule('UNKNOWN', "Kombo's answer says neither success nor error.", readBack),
} as const satisfies Record<string, KomboFailureRule>;

/** The call was not even begun. */
const keyFailures = {
  API_KEY_UNREADABLE: rule(
    'OPERATOR',
    'The secret with the Kombo API key is missing, empty, or not readable for the function.',
    'Put the Kombo API key into the secret that KOMBO_API_KEY_SECRET names; within 15 minutes the files follow, or resume at once.',
    accountUntilHealed,
  ),
  API_KEY_UNAVAILABLE: rule('SOON', 'Secrets Manager does not answer; nothing was sent.', byItself),
} as const satisfies Record<string, KomboFailureRule>;

/** Code -> class -> next step, for everything that can come back from a call to Kombo. */
export const komboFailures = { ...komboErrorCodes, ...uncodedAnswers, ...transportFailures, ...keyFailures } as const;

export type KomboFailureCode = keyof typeof komboFailures;

/** The rule for a code, with its optional fields visible. */
export const komboRule = (code: KomboFailureCode): KomboFailureRule => komboFailures[code];
