import type { Failure } from './failure.ts';

/*
 * Decisions that several codes share. Each constant has a value for every column of the table (see `failure.ts`), or
 * extends another constant.
 */

/** Not delivered, and another attempt may succeed within seconds. */
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

/** Not delivered, and Kombo or the ATS needs a minute or more. */
const retryLater = { ...retrySoon, retry: 'later' } as const;

/** Kombo rejects every call until its rate-limit window ends. */
const rateLimited = { ...retrySoon, throttled: 'rate-limit' } as const;

/** Kombo rejects calls while too many run concurrently for the integration. */
const concurrencyLimited = { ...retrySoon, throttled: 'concurrency-limit' } as const;

/** Kombo itself has already repeated the call to the ATS. */
const atsIsStruggling = { ...retryLater, judges: 'file', outage: 'integration' } as const;

/**
 * May have been delivered, so the target is checked first. Several lost answers in a row may mean that Kombo or the ATS
 * is down.
 */
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

/** As `unknown`, but the ATS responded: Kombo had accepted the key and the integration. */
const unknownFromAts = { ...unknown, judges: 'file' } as const;

/** Kombo or the ATS is down. Kombo calls a repeat safe, but does not promise that nothing was done. */
const unavailable = { ...unknown, vendorRepeats: true } as const;

/** Kombo, or a proxy before it, rejects the request, and would reject a listing of that target in the same way. */
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

/** Kombo or the ATS read the request and rejects this file. */
const inputRefused = { ...requestRefused, judges: 'file' } as const;

/** The target accepts no files in its current state. */
const targetClosed = { ...requestRefused, asListing: 'look-again', atFault: 'target' } as const;

/** This call is rejected for this target. Other targets of the integration may work. */
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

/** Every file of the integration would fail until Kombo, the customer or an operator removes the cause. */
const integrationStops = { ...retryLater, pauses: 'integration', judges: 'integration', acts: 'operator' } as const;

/**
 * As `integrationStops`, but the ATS may allow attaching and forbid listing, or the reverse. An operator can change
 * that.
 */
const integrationMayNot = { ...integrationStops, asListing: 'forbidden' } as const;

/** Kombo does not offer the action for this ATS, and an operator cannot change that. */
const integrationCannotDoIt = { ...integrationStops, asListing: 'cannot-list' } as const;

/**
 * Kombo responds with this before it checks anything else, so the response does not confirm the key. If the integration
 * id comes from the object's key, that key is wrong.
 */
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

/** Kombo rejected the API key, so it did nothing. */
const keyRefused = { ...accountStops, keyRefused: true } as const;

/** The codes of Kombo's error list, including the two added in February and March 2026. */
export const komboErrorCodes = {
  'PLATFORM.RATE_LIMIT_EXCEEDED': {
    ...rateLimited,
    meaning: "Kombo's rate limit is used up until its window ends.",
    nextStep:
      'Nothing at first: it is sent again automatically. If this persists, find out what else uses this API key, or ask Kombo for a higher limit.',
  },
  'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED': {
    ...concurrencyLimited,
    meaning: 'Too many concurrent calls for this integration.',
    nextStep: 'Nothing at first. If this persists, lower the reserved concurrency.',
  },
  'REMOTE.RATE_LIMIT_EXCEEDED': {
    ...atsIsStruggling,
    meaning: 'The ATS throttles Kombo.',
    nextStep:
      'Nothing at first: it is sent again automatically. If this persists, ask the customer what else uses up the limit of the ATS.',
  },
  'REMOTE.SERVICE_UNAVAILABLE': {
    ...unavailable,
    judges: 'file',
    meaning: 'The ATS is down or cannot be reached, but it may have received the file.',
    nextStep:
      'Nothing at first: the target is checked, and the file is sent again only if it did not arrive. If this persists, ask the customer whether the ATS works, then send the logUrl to Kombo support.',
  },
  'INTEGRATION.SETUP_SYNC_PENDING': {
    ...integrationStops,
    acts: 'nobody',
    seenIn: 'setup-status',
    meaning: 'The first sync of the integration is still running; that can take hours.',
    nextStep:
      'Nothing at first: every run asks Kombo, and the files are sent once the sync has ended. If this persists, ask Kombo support why the sync does not end.',
  },
  'INTEGRATION.SETUP_INCOMPLETE': {
    ...integrationStops,
    acts: 'customer',
    seenIn: 'setup-status',
    meaning: 'The setup of the integration is not finished.',
    nextStep: 'Ask the customer to finish the connection flow in Kombo; the files are then sent within minutes.',
  },
  'INTEGRATION.QA_FAILED': {
    ...integrationStops,
    meaning: "The integration's data failed Kombo's checks.",
    nextStep:
      'Ask Kombo support to enable the integration again. Once it is enabled, the files are sent within an hour, or immediately after "resume".',
  },
  'INTEGRATION.INACTIVE': {
    ...integrationStops,
    seenIn: 'status',
    meaning: 'The integration is switched off.',
    nextStep: 'Enable the integration in the Kombo dashboard; the files are then sent within minutes.',
  },
  'INTEGRATION.AUTHENTICATION_INVALID': {
    ...integrationStops,
    acts: 'customer',
    seenIn: 'status',
    meaning: "The ATS no longer accepts the customer's credentials.",
    nextStep: 'Ask the customer to reconnect the integration in Kombo; the files are then sent within minutes.',
  },
  'INTEGRATION.PERMISSION_MISSING': {
    ...integrationMayNot,
    acts: 'customer',
    meaning: "The customer's ATS credentials lack a permission.",
    nextStep:
      'Ask the customer to grant the permission to add attachments in the ATS; the files are then sent within an hour, or immediately after "resume".',
  },
  'INTEGRATION.ACTION_NOT_AVAILABLE': {
    ...integrationCannotDoIt,
    seenIn: 'write-actions',
    meaning: 'Kombo does not offer this action for this ATS.',
    nextStep:
      'Ask Kombo whether it can offer the action for this ATS. Once Kombo offers it, the files are sent within an hour, or immediately after "resume". If the ATS accepts files only for the other kind of target (an application instead of a candidate), add a template for it and upload the files again under such keys. Then delete the objects that wait here, and resume: their files are rejected with OBJECT_GONE, which keeps the alarm "rejected" on for a day.',
  },
  'INTEGRATION.ACTION_DISABLED': {
    ...integrationMayNot,
    seenIn: 'write-actions',
    meaning: 'Adding attachments is switched off for this integration.',
    nextStep: 'Enable "Add attachments" in the Kombo scope config; the files are then sent within minutes.',
  },
  'INTEGRATION.MODEL_NOT_AVAILABLE': {
    ...integrationCannotDoIt,
    meaning: 'Kombo does not offer this data model for this ATS.',
    nextStep:
      'Ask Kombo whether it can offer attachments for this ATS. Once Kombo offers them, the files are sent within an hour, or immediately after "resume".',
  },
  'INTEGRATION.MODEL_DISABLED': {
    ...integrationMayNot,
    meaning: 'The data model is switched off for this integration.',
    nextStep:
      'Enable the model in the Kombo scope config; the files are then sent within an hour, or immediately after "resume".',
  },
  'PLATFORM.AUTHENTICATION_INVALID': {
    ...keyRefused,
    meaning: 'The Kombo API key is wrong, revoked or expired.',
    nextStep:
      'Put a valid key into the secret that KOMBO_API_KEY_SECRET names (infra/README.md, First run, has the command); the files are then sent within minutes.',
  },
  'PLATFORM.IP_NOT_WHITELISTED': {
    ...accountStops,
    meaning: 'Kombo does not accept calls from this address.',
    nextStep:
      'Remove the IP allowlist of this API key in Kombo; the files are then sent within minutes. The functions have a fixed address only in your own VPC (docs/deploy.md, In a VPC): then add the address of its NAT gateway to the allowlist instead.',
  },
  'PLATFORM.INTEGRATION_NOT_FOUND': {
    ...integrationUnknown,
    meaning: 'Kombo does not know this integration under this API key and region.',
    nextStep:
      'Compare KOMBO_INTEGRATION_ID or the id in the key with the Kombo dashboard, and KOMBO_BASE_URL with its region. Once they match, waiting files are sent automatically. Upload rejected files again under a correct key; if their key was correct, retry them by this code.',
  },
  'PLATFORM.INPUT_INVALID': {
    ...inputRefused,
    meaning: 'Kombo rejected the request as invalid.',
    nextStep:
      'Read komboMessage and open the logUrl; "status" shows both, and Kombo keeps the log for 30 days. Fix the key or the file and upload it again; or retry, if the cause was in Kombo or the ATS and is fixed.',
  },
  'REMOTE.INPUT_INVALID': {
    ...inputRefused,
    atFault: 'file',
    meaning: 'The ATS rejected the content.',
    nextStep:
      'Read komboMessage and open the logUrl; "status" shows both, and Kombo keeps the log for 30 days. Fix the file and upload it again; or retry, if the cause was in Kombo or the ATS and is fixed.',
  },
  'REMOTE.UNKNOWN_HTTP_ERROR': {
    ...unknownFromAts,
    meaning: 'The ATS sent Kombo a response that Kombo does not recognise.',
    nextStep: 'Nothing: the target is checked to see whether the file arrived.',
  },
  'PLATFORM.UNKNOWN_ERROR': {
    ...unknown,
    meaning: 'Kombo had an internal error.',
    nextStep: 'Nothing: the target is checked to see whether the file arrived.',
  },
  'PLATFORM.TASK_TIMED_OUT': {
    ...unknown,
    meaning: 'Kombo stopped waiting for its own task.',
    nextStep: 'Nothing: the target is checked to see whether the file arrived.',
  },
  'ATS.JOB_CLOSED': {
    ...targetClosed,
    meaning: 'The job is closed.',
    nextStep:
      'Check the application in the ATS. If it accepts files again, retry. If not, inform the uploader that the file cannot be attached.',
  },
  'ATS.APPLICATION_ALREADY_EXISTS': {
    ...targetClosed,
    meaning: 'The ATS reports that the application already exists.',
    nextStep:
      'This response is not expected for an attachment, so look for the file at the target in the ATS. If it is there, nothing is left to do. If not, retry; if the response comes again, send the logUrl to Kombo support.',
  },
} as const satisfies Record<string, Failure>;

/** Kombo responded without a code from its list, so the HTTP status decides; or there was no readable response. */
const otherCallFailures = {
  KOMBO_RATE_LIMITED: {
    ...rateLimited,
    meaning: 'Kombo answered 429 without a known code.',
    nextStep:
      'Nothing at first: it is sent again automatically. If this persists, find out what else uses this API key, or ask Kombo for a higher limit.',
  },
  KOMBO_UNAVAILABLE: {
    ...unavailable,
    outage: 'account',
    meaning: "Kombo's load balancer answered 503, but Kombo may have received the file.",
    nextStep:
      'Nothing at first: the target is checked, and the file is sent again only if it did not arrive. If this persists, ask Kombo support.',
  },
  KOMBO_UNAUTHORIZED: {
    ...keyRefused,
    meaning: 'Kombo answered 401 without a known code.',
    nextStep:
      'Put a valid Kombo API key into the secret that KOMBO_API_KEY_SECRET names (infra/README.md, First run, has the command); the files are then sent within minutes. If the key is correct, check that KOMBO_BASE_URL matches the region of the Kombo environment.',
  },
  KOMBO_FORBIDDEN: {
    ...callRefused,
    asListing: 'forbidden',
    meaning: 'Kombo answered 403 without a known code.',
    nextStep:
      'Read komboMessage and open the logUrl; "status" shows both, and Kombo keeps the log for 30 days. Grant the missing permission to the API key in Kombo, or in the ATS, then retry.',
  },
  KOMBO_NOT_FOUND: {
    ...callRefused,
    meaning: 'Kombo answered 404, most likely because it does not know this candidate or application.',
    nextStep:
      'Check the id in the key against Kombo. If it is correct, retry. Otherwise upload the file under the correct id and resolve this one.',
  },
  KOMBO_REDIRECTED: {
    ...accountStops,
    meaning: 'Kombo answered with a redirect, which is not followed, because the API key would be sent along.',
    nextStep:
      'Set KOMBO_BASE_URL to the address of the API itself (eu, us, or its URL) and deploy; the files are then sent automatically.',
  },
  KOMBO_REFUSED: {
    ...requestRefused,
    meaning: 'Kombo rejected the request (4xx) without a known code.',
    nextStep:
      'Read komboMessage and open the logUrl; "status" shows both, and Kombo keeps the log for 30 days. Fix the key or the file and upload it again; or retry, if the cause was in Kombo or the ATS and is fixed.',
  },
  KOMBO_FAULT: {
    ...unknown,
    meaning: 'Kombo answered 5xx or 408, or reported an error under 2xx, without a known code.',
    nextStep: 'Nothing: the target is checked to see whether the file arrived.',
  },
  KOMBO_UNREACHABLE: {
    ...retrySoon,
    outage: 'account',
    meaning: 'No connection to Kombo could be made, so nothing was delivered.',
    nextStep:
      'Nothing at first. If this persists, check KOMBO_BASE_URL and the network of the function, then ask Kombo support.',
  },
  KOMBO_CONNECTION_LOST: {
    ...retrySoon,
    outage: 'account',
    meaning: 'The connection to Kombo broke before the last byte, so nothing was delivered.',
    nextStep:
      'Nothing at first: it is sent again automatically. If this persists, check the network of the function, then ask Kombo support.',
  },
  KOMBO_BROKE_OFF: {
    ...retryLater,
    outage: 'integration',
    meaning: 'Kombo reported a fault before the last byte was sent, so nothing was delivered.',
    nextStep: 'Nothing at first: it is sent again automatically. If this persists, send the logUrl to Kombo support.',
  },
  ANSWER_LOST: {
    ...unknown,
    meaning: "The connection broke after the last byte; Kombo's answer is lost.",
    nextStep: 'Nothing: the target is checked to see whether the file arrived.',
  },
  ANSWER_TIMED_OUT: {
    ...unknown,
    meaning: 'Kombo received the whole file and did not answer in time.',
    nextStep: 'Nothing: the target is checked to see whether the file arrived.',
  },
  ANSWER_UNREADABLE: {
    ...unknown,
    meaning: "Kombo's answer reports neither success nor an error.",
    nextStep: 'Nothing: the target is checked to see whether the file arrived.',
  },
  API_KEY_UNREADABLE: {
    ...accountStops,
    meaning: 'The secret with the Kombo API key is missing, empty, or not readable by the function.',
    nextStep:
      'Put the Kombo API key into the secret that KOMBO_API_KEY_SECRET names (infra/README.md, First run, has the command); the files are then sent within minutes.',
  },
  API_KEY_UNAVAILABLE: {
    ...retrySoon,
    meaning: 'Secrets Manager does not answer; nothing was sent.',
    nextStep:
      'Nothing at first. If this persists, check the AWS Health Dashboard for Secrets Manager, and the network of the function.',
  },
} as const satisfies Record<string, Failure>;

/** Every failure of a call to Kombo. */
export const komboFailures = { ...komboErrorCodes, ...otherCallFailures } as const;

export type KomboFailureCode = keyof typeof komboFailures;
