import type { Failure } from './failure.ts';

/*
 * The decisions that several codes share. Each constant answers every column of the table (see `failure.ts`), or names
 * the constant from which it differs.
 */

/** Known not delivered, and another attempt may succeed within seconds. */
const retrySoon = {
  status: 'waiting',
  retry: 'soon',
  pauses: 'nothing',
  seenIn: 'nowhere',
  judges: 'nothing',
  throttled: 'no',
  keyRefused: false,
  stackFault: false,
  outage: 'no',
  vendorRepeats: false,
  asListing: 'look-again',
  atFault: 'none',
  acts: 'nobody',
} as const;

/** Known not delivered, and the other side needs a minute or more. */
const retryLater = { ...retrySoon, retry: 'later' } as const;

/** Kombo refuses every call until its window ends. */
const rateLimited = { ...retrySoon, throttled: 'rate-limit' } as const;

/** Kombo refuses calls while too many are in flight for the integration. */
const concurrencyLimited = { ...retrySoon, throttled: 'concurrency-limit' } as const;

/** Kombo has repeated the call to the ATS itself before it answered this. */
const atsIsStruggling = { ...retryLater, judges: 'file', outage: 'integration' } as const;

/** May have been delivered, so the target is read first. Where one answer is lost after the other, the other side may be down. */
const unknown = {
  status: 'unknown',
  retry: 'never',
  pauses: 'nothing',
  seenIn: 'nowhere',
  judges: 'nothing',
  throttled: 'no',
  keyRefused: false,
  stackFault: false,
  outage: 'integration',
  vendorRepeats: false,
  asListing: 'look-again',
  atFault: 'none',
  acts: 'nobody',
} as const;

/** The same, and the ATS answered: Kombo had accepted the key and the integration. */
const unknownFromAts = { ...unknown, judges: 'file' } as const;

/** The other side is down. Kombo calls a repeat safe, but does not promise that nothing was done. */
const unavailable = { ...unknown, vendorRepeats: true } as const;

/** Kombo, or a proxy before it, refuses the request; it refuses a listing of that target in the same way. */
const requestRefused = {
  status: 'rejected',
  retry: 'never',
  pauses: 'nothing',
  seenIn: 'nowhere',
  judges: 'nothing',
  throttled: 'no',
  keyRefused: false,
  stackFault: false,
  outage: 'no',
  vendorRepeats: false,
  asListing: 'hold',
  atFault: 'file-or-key',
  acts: 'operator',
} as const;

/** Kombo or the ATS read the request and refuses this file. */
const inputRefused = { ...requestRefused, judges: 'file' } as const;

/** The target takes no file in its present state. */
const targetClosed = { ...requestRefused, asListing: 'look-again', atFault: 'target' } as const;

/** This call is refused for this target; other targets of the integration may be fine. */
const callRefused = {
  status: 'held',
  retry: 'never',
  pauses: 'nothing',
  seenIn: 'nowhere',
  judges: 'nothing',
  throttled: 'no',
  keyRefused: false,
  stackFault: false,
  outage: 'no',
  vendorRepeats: false,
  asListing: 'hold',
  atFault: 'none',
  acts: 'operator',
} as const;

/** Every file of the integration would fail until its cause has ended, at Kombo, at the customer or by an operator. */
const integrationStops = { ...retryLater, pauses: 'integration', judges: 'integration', acts: 'operator' } as const;

/** The same, and the ATS may allow attaching and forbid listing, or the other way round; an operator can change that. */
const integrationMayNot = { ...integrationStops, asListing: 'forbidden' } as const;

/** Kombo has no such action for this tool, and an operator cannot change that. */
const integrationCannotDoIt = { ...integrationStops, asListing: 'cannot-list' } as const;

/** Kombo answers this before it looks at anything else, so it does not confirm the key. Where the id is in the object's key, that is wrong. */
const integrationUnknown = {
  ...integrationStops,
  pauses: 'known-integration',
  seenIn: 'call',
  judges: 'nothing',
  stackFault: true,
  atFault: 'key',
} as const;

/** Every file behind this API key would fail. */
const accountStops = {
  ...retryLater,
  pauses: 'account',
  seenIn: 'call',
  stackFault: true,
  acts: 'operator',
} as const;

/** Kombo refused the API key, so it did nothing. */
const keyRefused = { ...accountStops, keyRefused: true } as const;

/** The codes of Kombo's error list, with the two that it added in February and March 2026. */
export const komboErrorCodes = {
  'PLATFORM.RATE_LIMIT_EXCEEDED': {
    ...rateLimited,
    meaning: "Kombo's rate limit is used up until its window ends.",
    nextStep:
      'Nothing at first: it is sent again automatically; if it stays, see what else uses this API key, or ask Kombo for a higher limit.',
  },
  'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED': {
    ...concurrencyLimited,
    meaning: 'Too many calls in flight for this integration.',
    nextStep: 'Nothing at first; if it stays, lower the reserved concurrency.',
  },
  'REMOTE.RATE_LIMIT_EXCEEDED': {
    ...atsIsStruggling,
    meaning: 'The ATS slows Kombo down.',
    nextStep:
      'Nothing at first: it is sent again automatically; if it stays, ask the customer what else uses up the limit of the ATS.',
  },
  'REMOTE.SERVICE_UNAVAILABLE': {
    ...unavailable,
    judges: 'file',
    meaning: 'The ATS is down or cannot be reached, but it may have taken the file.',
    nextStep:
      'Nothing at first: the target is read to see whether the file arrived, and it is sent again only if it did not; if it stays, ask the customer whether the ATS works, then Kombo support, with the logUrl.',
  },
  'INTEGRATION.SETUP_SYNC_PENDING': {
    ...integrationStops,
    acts: 'nobody',
    seenIn: 'setup-status',
    meaning: 'The first sync of the integration is still running; that can take hours.',
    nextStep:
      'Nothing at first: Kombo is asked in every run, and the files follow once the sync has ended; if it stays, ask Kombo support why the sync does not end.',
  },
  'INTEGRATION.SETUP_INCOMPLETE': {
    ...integrationStops,
    acts: 'customer',
    seenIn: 'setup-status',
    meaning: 'The setup of the integration is not finished.',
    nextStep: 'Ask the customer to finish the connection flow in Kombo; the files follow within minutes.',
  },
  'INTEGRATION.QA_FAILED': {
    ...integrationStops,
    meaning: "The integration's data failed Kombo's checks.",
    nextStep:
      'Ask Kombo support to enable the integration again; within an hour the files follow, or resume immediately.',
  },
  'INTEGRATION.INACTIVE': {
    ...integrationStops,
    seenIn: 'status',
    meaning: 'The integration is switched off.',
    nextStep: 'Enable the integration in the Kombo dashboard; the files follow within minutes.',
  },
  'INTEGRATION.AUTHENTICATION_INVALID': {
    ...integrationStops,
    acts: 'customer',
    seenIn: 'status',
    meaning: "The ATS no longer accepts the customer's credentials.",
    nextStep: 'Ask the customer to reconnect the integration in Kombo; the files follow within minutes.',
  },
  'INTEGRATION.PERMISSION_MISSING': {
    ...integrationMayNot,
    acts: 'customer',
    meaning: "The customer's ATS credentials lack a right.",
    nextStep:
      'Ask the customer to grant the right to add attachments in the ATS; within an hour the files follow, or resume immediately.',
  },
  'INTEGRATION.ACTION_NOT_AVAILABLE': {
    ...integrationCannotDoIt,
    seenIn: 'write-actions',
    meaning: 'Kombo does not offer this action for this ATS.',
    nextStep:
      'Ask Kombo whether it can offer the action for this ATS; within an hour the files follow, or resume immediately. If only the other target takes files (an application instead of a candidate), add a template for it, and let new uploads come under such keys. What waits here does not follow then: delete its objects, then resume.',
  },
  'INTEGRATION.ACTION_DISABLED': {
    ...integrationMayNot,
    seenIn: 'write-actions',
    meaning: 'Adding attachments is switched off for this integration.',
    nextStep: 'Enable "Add attachments" in the Kombo scope config; the files follow within minutes.',
  },
  'INTEGRATION.MODEL_NOT_AVAILABLE': {
    ...integrationCannotDoIt,
    meaning: 'Kombo does not offer this data model for this ATS.',
    nextStep:
      'Ask Kombo whether the integration supports attachments; within an hour the files follow, or resume immediately.',
  },
  'INTEGRATION.MODEL_DISABLED': {
    ...integrationMayNot,
    meaning: 'The data model is switched off for this integration.',
    nextStep: 'Enable the model in the Kombo scope config; within an hour the files follow, or resume immediately.',
  },
  'PLATFORM.AUTHENTICATION_INVALID': {
    ...keyRefused,
    meaning: 'The Kombo API key is wrong, revoked or expired.',
    nextStep:
      'Put a valid key into the secret that KOMBO_API_KEY_SECRET names (infra/README.md, First run, has the command); within minutes the files follow.',
  },
  'PLATFORM.IP_NOT_WHITELISTED': {
    ...accountStops,
    meaning: 'Kombo does not accept calls from this address.',
    nextStep:
      'End the allowlist of this API key in Kombo; within minutes the files follow. The functions have no fixed address unless they are in a VPC of yours (docs/deploy.md, In a VPC): then add the address of its NAT gateway.',
  },
  'PLATFORM.INTEGRATION_NOT_FOUND': {
    ...integrationUnknown,
    meaning: 'Kombo does not know this integration under this API key and region.',
    nextStep:
      'Compare KOMBO_INTEGRATION_ID or the id in the key with the Kombo dashboard, and KOMBO_BASE_URL with its region. Files that wait follow. Rejected ones are uploaded again under a right key, or, where their key is right, retried by this code.',
  },
  'PLATFORM.INPUT_INVALID': {
    ...inputRefused,
    meaning: "Kombo's validation refused the request.",
    nextStep:
      'Read komboMessage in the answer of "status" and open its logUrl (Kombo keeps it for 30 days), fix the key or the file, and upload again; or retry, when the cause was at Kombo or in the ATS and is fixed.',
  },
  'REMOTE.INPUT_INVALID': {
    ...inputRefused,
    atFault: 'file',
    meaning: 'The ATS refused the content.',
    nextStep:
      'Read komboMessage in the answer of "status" and open its logUrl (Kombo keeps it for 30 days), fix the file, and upload again; or retry, when the cause was at Kombo or in the ATS and is fixed.',
  },
  'REMOTE.UNKNOWN_HTTP_ERROR': {
    ...unknownFromAts,
    meaning: 'The ATS answered Kombo in a way that Kombo does not know.',
    nextStep: 'Nothing: the target is read to see whether the file arrived.',
  },
  'PLATFORM.UNKNOWN_ERROR': {
    ...unknown,
    meaning: 'Kombo had an internal error.',
    nextStep: 'Nothing: the target is read to see whether the file arrived.',
  },
  'PLATFORM.TASK_TIMED_OUT': {
    ...unknown,
    meaning: 'Kombo stopped waiting for its own task.',
    nextStep: 'Nothing: the target is read to see whether the file arrived.',
  },
  'ATS.JOB_CLOSED': {
    ...targetClosed,
    meaning: 'The job is closed.',
    nextStep:
      'Look at the application in the ATS; when it takes files again, retry. When it does not, inform the uploader: no more can be done.',
  },
  'ATS.APPLICATION_ALREADY_EXISTS': {
    ...targetClosed,
    meaning: 'The ATS reports that the application exists already.',
    nextStep:
      'This answer is not expected for an attachment: look for the file at the target in the ATS. If it is there, nothing is left to do. If it is not, retry; if the answer comes again, send Kombo support the logUrl.',
  },
} as const satisfies Record<string, Failure>;

/** Kombo answered without a code from its list (the HTTP status decides), or there was no answer that could be read. */
const otherCallFailures = {
  KOMBO_RATE_LIMITED: {
    ...rateLimited,
    meaning: 'Kombo answered 429 without a known code.',
    nextStep:
      'Nothing at first: it is sent again automatically; if it stays, see what else uses this API key, or ask Kombo for a higher limit.',
  },
  KOMBO_UNAVAILABLE: {
    ...unavailable,
    outage: 'account',
    meaning: "Kombo's load balancer answered 503, but Kombo may have taken the file.",
    nextStep:
      'Nothing at first: the target is read to see whether the file arrived, and it is sent again only if it did not; if it stays, ask Kombo support.',
  },
  KOMBO_UNAUTHORIZED: {
    ...keyRefused,
    meaning: 'Kombo answered 401 without a known code.',
    nextStep:
      'Put a valid Kombo API key into the secret that KOMBO_API_KEY_SECRET names (infra/README.md, First run, has the command); within minutes the files follow. If the key is right, compare KOMBO_BASE_URL with the region of the Kombo environment.',
  },
  KOMBO_FORBIDDEN: {
    ...callRefused,
    asListing: 'forbidden',
    meaning: 'Kombo answered 403 without a known code.',
    nextStep:
      'Read komboMessage in the answer of "status" and open its logUrl (Kombo keeps it for 30 days), grant the right that is missing, then retry.',
  },
  KOMBO_NOT_FOUND: {
    ...callRefused,
    meaning: 'Kombo answered 404, most likely because it does not know this candidate or application.',
    nextStep:
      'Compare the id in the key with Kombo. When it is right, retry; otherwise upload the file under the right id, and resolve this one.',
  },
  KOMBO_REDIRECTED: {
    ...accountStops,
    meaning: 'Kombo answered with a redirect, which is not followed, because the API key would be sent along.',
    nextStep: 'Set KOMBO_BASE_URL to the address of the API itself (eu, us, or its URL) and deploy; the files follow.',
  },
  KOMBO_REFUSED: {
    ...requestRefused,
    meaning: 'Kombo refused the request (4xx) without a known code.',
    nextStep:
      'Read komboMessage in the answer of "status" and open its logUrl (Kombo keeps it for 30 days), fix the key or the file, and upload again; or retry, when the cause was at Kombo or in the ATS and is fixed.',
  },
  KOMBO_FAULT: {
    ...unknown,
    meaning: 'Kombo answered 5xx or 408, or an error under 2xx, without a known code.',
    nextStep: 'Nothing: the target is read to see whether the file arrived.',
  },
  KOMBO_UNREACHABLE: {
    ...retrySoon,
    outage: 'account',
    meaning: 'No connection to Kombo could be made, so nothing was delivered.',
    nextStep:
      'Nothing at first; if it stays, check KOMBO_BASE_URL and the network of the function, then ask Kombo support.',
  },
  KOMBO_CONNECTION_LOST: {
    ...retrySoon,
    outage: 'account',
    meaning: 'The connection to Kombo broke before the last byte, so nothing was delivered.',
    nextStep:
      'Nothing at first: it is sent again automatically; if it stays, look at the network of the function, then ask Kombo support.',
  },
  KOMBO_BROKE_OFF: {
    ...retryLater,
    outage: 'integration',
    meaning: 'Kombo reported a fault before the last byte was sent, so nothing was delivered.',
    nextStep: 'Nothing at first: it is sent again automatically; if it stays, ask Kombo support, with the logUrl.',
  },
  ANSWER_LOST: {
    ...unknown,
    meaning: "The connection broke after the last byte; Kombo's answer is lost.",
    nextStep: 'Nothing: the target is read to see whether the file arrived.',
  },
  ANSWER_TIMED_OUT: {
    ...unknown,
    meaning: 'Kombo took the file and did not answer in time.',
    nextStep: 'Nothing: the target is read to see whether the file arrived.',
  },
  ANSWER_UNREADABLE: {
    ...unknown,
    meaning: "Kombo's answer says neither success nor error.",
    nextStep: 'Nothing: the target is read to see whether the file arrived.',
  },
  API_KEY_UNREADABLE: {
    ...accountStops,
    meaning: 'The secret with the Kombo API key is missing, empty, or not readable for the function.',
    nextStep:
      'Put the Kombo API key into the secret that KOMBO_API_KEY_SECRET names (infra/README.md, First run, has the command); within minutes the files follow.',
  },
  API_KEY_UNAVAILABLE: {
    ...retrySoon,
    meaning: 'Secrets Manager does not answer; nothing was sent.',
    nextStep:
      'Nothing at first; if it stays, look at the AWS Health Dashboard for Secrets Manager, and at the network of the function.',
  },
} as const satisfies Record<string, Failure>;

/** Everything that can come back from a call to Kombo. */
export const komboFailures = { ...komboErrorCodes, ...otherCallFailures } as const;

export type KomboFailureCode = keyof typeof komboFailures;
