import { parseRemoteFields } from '../attachment/remote-fields.ts';
import { defaultAllowedTypes, parseAllowedTypes } from '../content-type/decide.ts';
import { parseKeyTemplates } from '../key-template/match-key.ts';
import { hourMs, mebibyte } from '../limits.ts';
import { bucketName, eventBus, topicArn } from './aws-names.ts';
import { apiKey, baseUrl, integrationId } from './kombo-access.ts';
import { Fault, flag, minutes, oneOf, type Setting, seconds, sumOfWholeNumbers, text, wholeNumber } from './setting.ts';

const keyTemplates = (value: string) => {
  const parsed = parseKeyTemplates(value);
  if (parsed.ok) return parsed.value;
  throw new Fault(`cannot be parsed: ${parsed.error.join(' ')}`);
};

const allowedTypes = (value: string) => {
  const parsed = parseAllowedTypes(value);
  if (parsed.ok) return parsed.value;
  throw new Fault(`cannot be parsed: ${parsed.error.join(' ')}`);
};

const remoteFields = (value: string) => {
  const parsed = parseRemoteFields(value);
  if (parsed.ok) return parsed.value;
  throw new Fault(`cannot be parsed: ${parsed.error.detail}`);
};

const sweepSince = (value: string): number => {
  const at = /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new Fault(`is "${value}"; it must be a date such as 2026-01-31 or 2026-01-31T08:00:00Z.`);
};

/** In the form that the stack writes: an empty list element means no folder, "*" the whole bucket. */
const watchedPrefixes = (value: string): readonly string[] =>
  value
    .split('|')
    .filter((prefix) => prefix !== '')
    .map((prefix) => (prefix === '*' ? '' : prefix));

/**
 * Every variable that the functions read, in the order in which an operator sets them. The environment of the deployed
 * functions and the checks of the stack's parameters are derived from this table (see infra/).
 */
export const settings = {
  bucket: {
    name: 'BUCKET',
    meaning: 'The watched bucket. Events from other buckets are refused.',
    setBy: 'stack',
    parse: bucketName,
  },
  ledgerTable: { name: 'LEDGER_TABLE', meaning: 'The DynamoDB table of the ledger.', setBy: 'stack', parse: text },
  komboBaseUrl: {
    name: 'KOMBO_BASE_URL',
    meaning: "Kombo's region, `eu` or `us`, or a URL (https only, except on this machine).",
    default: 'eu',
    setBy: { parameter: 'komboBaseUrl' },
    parse: baseUrl,
  },
  komboApiKeySecret: {
    name: 'KOMBO_API_KEY_SECRET',
    meaning:
      'Name or ARN of the secret with the Kombo API key: the key itself, or `{"apiKey": "..."}`. Read again every 5 minutes, and immediately when Kombo refuses the key.',
    optional: true,
    setBy: 'stack',
    parse: text,
  },
  komboApiKey: {
    name: 'KOMBO_API_KEY',
    meaning: 'The key itself, for the local stack. Set this or the secret.',
    optional: true,
    setBy: 'unset',
    parse: apiKey,
  },
  integrationId: {
    name: 'KOMBO_INTEGRATION_ID',
    meaning: 'The integration for templates without `{integration_id}`: `<tool>:<id>`.',
    optional: true,
    setBy: { parameter: 'komboIntegrationId' },
    parse: integrationId,
  },
  keyTemplates: {
    name: 'KEY_TEMPLATES',
    meaning: 'How keys name candidates and applications; several are separated by `|`, the first match wins.',
    default: 'candidates/{candidate_id}/{filename}',
    setBy: { parameter: 'keyTemplates' },
    parse: keyTemplates,
  },
  maxBytes: {
    name: 'MAX_BYTES',
    meaning: 'Largest file that is sent, in bytes. Most ATSs accept 10 MB.',
    default: '10000000',
    setBy: { parameter: 'maxBytes' },
    parse: wholeNumber(1, 100 * mebibyte),
  },
  allowedTypes: {
    name: 'ALLOWED_TYPES',
    meaning: 'Types that are sent: extensions or MIME types, separated by commas.',
    default: defaultAllowedTypes,
    setBy: { parameter: 'allowedTypes' },
    parse: allowedTypes,
  },
  transfer: {
    name: 'TRANSFER',
    meaning:
      '`data` streams the file in the request; `data_url` lets Kombo download it from a short-lived link, in a bucket with versions.',
    default: 'data',
    setBy: { parameter: 'transfer' },
    parse: oneOf('data', 'data_url'),
  },
  requireScan: {
    name: 'REQUIRE_SCAN',
    meaning: '`true`: only a clean GuardDuty verdict starts a delivery.',
    default: 'false',
    setBy: 'stack',
    parse: flag,
  },
  onUnknown: {
    name: 'ON_UNKNOWN',
    meaning:
      'What to do when a file may have been delivered: `read-back` looks at the target first; `resend` risks a second copy.',
    default: 'read-back',
    setBy: { parameter: 'onUnknown' },
    parse: oneOf('read-back', 'resend'),
  },
  remoteFields: {
    name: 'REMOTE_FIELDS',
    meaning:
      "Kombo's `remote_fields` for every file, as JSON. An object can override them with its metadata `kombo-remote-fields`.",
    default: '{}',
    setBy: { parameter: 'remoteFields' },
    parse: remoteFields,
  },
  sweepSince: {
    name: 'SWEEP_SINCE',
    meaning:
      'The sweep checks only objects modified after this date. Default: objects modified after its own first run.',
    optional: true,
    setBy: { parameter: 'sweepSince' },
    parse: sweepSince,
  },
  sweepEveryMs: {
    name: 'SWEEP_EVERY_MINUTES',
    meaning: 'A sweep of the bucket starts this long after the start of the last one.',
    default: '60',
    setBy: { parameter: 'sweepEveryMinutes' },
    parse: minutes(5, 1_440),
  },
  canaryKey: {
    name: 'CANARY_KEY',
    meaning:
      "Key under which on-schedule puts an invented file once a day, for an integration of Kombo's sandbox. Without it there is no canary.",
    optional: true,
    setBy: { parameter: 'canaryKey' },
    parse: text,
  },
  ledgerRetentionDays: {
    name: 'LEDGER_RETENTION_DAYS',
    meaning: 'Settled records are deleted after this many days.',
    default: '400',
    setBy: { parameter: 'ledgerRetentionDays' },
    parse: wholeNumber(1, 3650),
  },
  komboTimeoutMs: {
    name: 'KOMBO_TIMEOUT_SECONDS',
    meaning: 'How long one call to Kombo may take. A short timeout causes unknown outcomes.',
    default: '240',
    setBy: { parameter: 'komboTimeoutSeconds' },
    parse: seconds(100, 840_000),
  },
  alarmTopic: {
    name: 'ALARM_TOPIC',
    meaning: 'ARN of the topic that the alarms go to. The action `check` tests whether it has a subscriber.',
    optional: true,
    setBy: 'stack',
    parse: topicArn,
  },
  outcomeBus: {
    name: 'OUTCOME_BUS',
    meaning: 'The event bus that receives an event with the outcome of each CV: `off`, `default`, or its ARN.',
    default: 'off',
    setBy: { parameter: 'outcomeBus' },
    parse: eventBus,
  },
  watchedPrefixes: {
    name: 'WATCHED_PREFIXES',
    meaning:
      'The folders whose uploads start the function, separated by `|`; `*` for the whole bucket. The action `check` compares them with `KEY_TEMPLATES`.',
    optional: true,
    setBy: 'stack',
    parse: watchedPrefixes,
  },
  callingInstances: {
    name: 'CALLING_INSTANCES',
    meaning:
      "How many instances of all functions may run at the same time: a number, or a sum such as `8+2+1+1`. Each gets its share of Kombo's limit on concurrent calls.",
    default: '12',
    setBy: 'stack',
    parse: sumOfWholeNumbers(1, 1000),
  },
  leaseMs: {
    name: 'LEASE_SECONDS',
    meaning: 'How long one invocation may own a file while it sends it; must be longer than the function timeout.',
    default: '420',
    setBy: 'unset',
    parse: seconds(100, hourMs),
  },
  retryBaseMs: {
    name: 'RETRY_BASE_SECONDS',
    meaning: 'First wait between two attempts; it doubles up to an hour.',
    default: '30',
    setBy: 'unset',
    parse: seconds(1, hourMs),
  },
  readBackAfterMs: {
    name: 'READ_BACK_AFTER_SECONDS',
    meaning: 'How long to wait before the target is checked after an unknown outcome.',
    default: '60',
    setBy: 'unset',
    parse: seconds(1, hourMs),
  },
  readBackAgainMs: {
    name: 'READ_BACK_AGAIN_SECONDS',
    meaning:
      'Kombo may still deliver a file this long after the start of its attempt. Only a later check of the target can show that the file is missing.',
    default: '900',
    setBy: 'unset',
    parse: seconds(1, hourMs),
  },
  s3ForcePathStyle: {
    name: 'S3_FORCE_PATH_STYLE',
    meaning: '`true` for S3-compatible stores that do not support bucket host names.',
    default: 'false',
    setBy: 'unset',
    parse: flag,
  },
} as const satisfies Record<string, Setting<unknown>>;
