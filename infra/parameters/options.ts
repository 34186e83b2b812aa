import { Fault } from '../../lib/config/setting.ts';
import { defaultAllowedTypes } from '../../lib/content-type/allowed-types.ts';
import { maxInstances } from '../../lib/limits.ts';
import { concurrencyParameter } from '../handler-names.ts';
import { type Check, type Form, list, type Option, oneNumberOf, oneOf, text, wholeNumber } from './option.ts';

interface Row {
  readonly form: Form;
  readonly parameter?: string;
  readonly description: string;
  readonly default: string;
  readonly mayBeEmpty?: true;
  readonly packaging?: true;
  readonly further?: Check;
}

const account = '\\d{12}';
const arn = (service: string, rest: string): string => `arn:aws[a-z-]*:${service}:[a-z0-9-]+:${account}:${rest}`;

/** The retention periods that CloudWatch Logs supports. */
const logRetentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/**
 * Excludes IP addresses, consecutive dots, and the prefixes and suffixes that S3 reserves.
 * @see Amazon S3 User Guide, "General purpose bucket naming rules"
 */
const bucketName =
  '(?!(\\d+\\.){3}\\d+$|xn--|sthree-|amzn-s3-demo-)(?!.*\\.\\.)(?!.*(-s3alias|--ol-s3|\\.mrap|--x-s3|--table-s3)$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]';
const aBucket = 'the name of a bucket (3 to 63 of a-z, 0-9, dot and hyphen): no URL, no ARN, no prefix';

const day = '\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])';
const timeOfDay = '([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,9})?)?(Z|[+-]\\d\\d:[0-5]\\d)?';
const fileType = ' *(\\.?[A-Za-z0-9]+|[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+) *';

/**
 * Keys that osls accepts; values without the ASCII characters that AWS rejects.
 * @see Tagging AWS Resources User Guide, "Tag naming limits and requirements"
 */
const tag = '(?!aws:)[A-Za-z0-9_.:/+ -]{1,128}=[^\\x00-\\x1f!-*,;<>?\\[-^`{-\\x7f]{0,256}';
const onceEach = (value: string): void => {
  const keys = value.split(',').map((one) => one.slice(0, one.indexOf('=')));
  const twice = keys.find((key, index) => keys.indexOf(key) < index);
  if (twice !== undefined) throw new Fault(`has the tag "${twice}" twice; a key can have one value.`);
  // Two of AWS's 50 tags are service and stage.
  if (keys.length > 48) throw new Fault(`has ${keys.length} tags; AWS allows 50, and two are service and stage.`);
};

const concurrency = (name: string, byDefault: number, description: string) => ({
  [concurrencyParameter(name)]: {
    form: wholeNumber(1, maxInstances),
    default: String(byDefault),
    description,
  },
});

/**
 * All options of a deployment, in the order in which an operator reads them. The template's parameters, their checks,
 * stages/example.yml and the table in infra/README.md are generated from these rows. Defaults are defined only here.
 */
const groups: Readonly<Record<string, Readonly<Record<string, Row>>>> = {
  Kombo: {
    komboIntegrationId: {
      form: text('[A-Za-z0-9_-]{1,64}:[A-Za-z0-9_-]{1,64}', '<tool>:<id> as the Kombo dashboard shows it'),
      default: '',
      mayBeEmpty: true,
      description:
        '<tool>:<id> as the Kombo dashboard shows it. May stay empty only if every key template has {integration_id}.',
    },
    komboBaseUrl: {
      form: text(
        'eu|us|https://[A-Za-z0-9._-]+(:\\d{1,5})?(/[!-~]*)?',
        'eu, us or an https URL: http:// is only for a local stack, which functions on AWS cannot reach',
      ),
      default: 'eu',
      description: 'eu, us, or an https URL. The region of your Kombo environment, not of AWS.',
    },
    transfer: {
      form: oneOf('data', 'data_url'),
      default: 'data',
      description: 'data: stream the bytes. data_url: give Kombo a short-lived signed link instead.',
    },
    onUnknown: {
      form: oneOf('read-back', 'resend'),
      default: 'read-back',
      description: 'After a lost answer: read-back looks at the target first; resend risks a second copy.',
    },
    remoteFields: {
      form: text('\\{[\\s\\S]*\\}', 'a JSON object'),
      default: '',
      mayBeEmpty: true,
      description:
        'JSON with fields for your ATS, sent with all attachments; see docs/configuration.md. For Workable: {"workable":{"on_behalf_of_user_remote_id":"123"}}.',
    },
    komboTimeoutSeconds: {
      // The functions time out at 300 s and need 5 s to record the outcome.
      form: wholeNumber(1, 290),
      default: '240',
      description: 'Longest time for one call to Kombo, in seconds. Kombo may need minutes; the functions stop at 300.',
    },
  },
  Files: {
    keyTemplates: {
      form: text('[\\s\\S]*\\{filename\\}[\\s\\S]*', 'key templates, each with {filename} at its end'),
      default: 'candidates/{candidate_id}/{filename}',
      packaging: true,
      description: 'Separate several templates with "|". They also decide which keys start the function.',
    },
    maxBytes: {
      form: wholeNumber(1, 104_857_600),
      default: '10000000',
      description: 'Largest file that is sent, in bytes. Most ATSs accept 10 MB.',
    },
    allowedTypes: {
      form: text(`${fileType}(,+${fileType})*,*`, 'extensions or MIME types, separated by commas'),
      default: defaultAllowedTypes,
      description: 'Extensions or MIME types, separated by commas.',
    },
  },
  Bucket: {
    existingBucket: {
      form: text(bucketName, aBucket),
      default: '',
      mayBeEmpty: true,
      description: 'Name of a bucket that you already have. Empty: the stack creates one.',
    },
    bucketName: {
      form: text(bucketName, aBucket),
      default: '',
      mayBeEmpty: true,
      description:
        "Name of the stack's own bucket. Empty: <stack>-uploads-<account>-<region>, for which the stack's name must be lower case and at most 27 characters long.",
    },
    cvRetentionDays: {
      // With a shorter time, S3 could delete a held file before an operator has looked at it.
      form: wholeNumber(30, 3650),
      default: '180',
      description:
        "CVs in the stack's own bucket are deleted this long after upload, attached or not; S3 keeps the old version for 30 more days.",
    },
    scan: {
      form: oneOf('none', 'create-plan', 'existing-plan'),
      default: 'none',
      description:
        'create-plan: only files that GuardDuty finds clean are sent. existing-plan: the same, with a plan that you already have.',
    },
    sweepSince: {
      form: text(`${day}([T ]${timeOfDay})?`, 'a date such as 2026-01-31 or 2026-01-31T08:00:00Z'),
      default: '',
      mayBeEmpty: true,
      description: 'The sweep checks objects modified after this date. Empty: after its own first run.',
    },
    sweepEveryMinutes: {
      form: wholeNumber(5, 1_440),
      default: '60',
      description: 'How often the whole bucket is listed for uploads whose event was lost.',
    },
  },
  'Your own application': {
    outcomeBus: {
      form: text(
        `off|default|${arn('events', 'event-bus/[A-Za-z0-9._/-]{1,256}')}`,
        'off, default, or the ARN of a bus, arn:aws:events:<region>:<account>:event-bus/<name>',
      ),
      default: 'off',
      description:
        'default, or the ARN of an event bus: receives an event with the outcome of each CV (docs/events.md).',
    },
  },
  'Data protection': {
    kmsKeyArn: {
      form: text(
        arn('kms', 'key/[A-Za-z0-9-]+'),
        'the ARN of a key, arn:aws:kms:<region>:<account>:key/<id>; a role cannot name an alias',
      ),
      default: '',
      mayBeEmpty: true,
      description:
        "Your own key for bucket, ledger, secret and the functions' environment. Empty: AWS's keys. For an existing bucket: the key of that bucket.",
    },
    kmsKeyForLogs: {
      form: oneOf('true', 'false'),
      default: 'false',
      description:
        "true: the functions' logs are encrypted under kmsKeyArn as well; its policy must then let CloudWatch Logs use it. See docs/deploy.md, A key of your own.",
    },
    kmsKeyForMessages: {
      form: oneOf('true', 'false'),
      default: 'false',
      description:
        "true: the failure queues and the stack's own alarm topic are encrypted under kmsKeyArn as well; its policy must let EventBridge and CloudWatch use it, or events and alarms are lost. See docs/deploy.md, A key of your own.",
    },
    existingSecretArn: {
      form: text(
        arn('secretsmanager', 'secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}'),
        'the full ARN of a secret, arn:aws:secretsmanager:<region>:<account>:secret:<name>-<six characters>',
      ),
      default: '',
      mayBeEmpty: true,
      description:
        'An existing secret with the Kombo API key. Empty: the stack creates one, and you put the key into it.',
    },
    ledgerRetentionDays: {
      form: wholeNumber(1, 3650),
      default: '400',
      description:
        'How long the ledger keeps the record of an upload that is settled, which prevents duplicates: longer than the CV, see docs/privacy.md. Held and waiting files keep their record.',
    },
    logRetentionDays: {
      form: oneNumberOf(...logRetentions),
      default: '90',
      description: 'How long CloudWatch keeps the logs.',
    },
  },
  Network: {
    vpcSubnetIds: {
      form: list('subnet-[0-9a-f]{8,17}', 'ids of subnets, separated by commas, each subnet- and hexadecimal digits'),
      default: '',
      mayBeEmpty: true,
      description:
        'Subnets of your VPC for the functions, with vpcSecurityGroupIds. Empty: no VPC. docs/deploy.md lists what the VPC needs.',
    },
    vpcSecurityGroupIds: {
      form: list('sg-[0-9a-f]{8,17}', 'ids of security groups, separated by commas, each sg- and hexadecimal digits'),
      default: '',
      mayBeEmpty: true,
      description: 'Security groups of the functions in your VPC. They must allow outgoing HTTPS.',
    },
  },
  Governance: {
    permissionsBoundaryArn: {
      form: text(
        `arn:aws[a-z-]*:iam::(${account}|aws):policy/[A-Za-z0-9+=,.@_/-]+`,
        'the ARN of a policy, arn:aws:iam::<account>:policy/<name>',
      ),
      default: '',
      mayBeEmpty: true,
      description: 'A permissions boundary for every role of the stack. Empty: none.',
    },
    tags: {
      form: text(
        `${tag}(,${tag})*`,
        'tags as key=value, separated by commas: letters, digits, spaces and _ . : / = + - @, keys without accents and not beginning with aws:',
      ),
      default: '',
      mayBeEmpty: true,
      packaging: true,
      further: onceEach,
      description:
        'Tags of the stack and of all its resources, in addition to service and stage: team=hiring,cost-center=42. In this file they can also be a mapping.',
    },
  },
  Alarms: {
    alarmEmail: {
      // AlarmEmail is the logical id of the subscription. With another id it would be created again and need a new
      // confirmation.
      parameter: 'AlarmEmailAddress',
      form: text('[^\\s@,;]+@[^\\s@,;]+\\.[^\\s@,;]+', 'one e-mail address'),
      default: '',
      mayBeEmpty: true,
      description:
        'Receives the alarms after it has confirmed the subscription. Empty: subscribe to the topic yourself.',
    },
    existingAlarmTopicArn: {
      form: text(arn('sns', '[A-Za-z0-9_-]{1,256}'), 'the ARN of a topic, arn:aws:sns:<region>:<account>:<name>'),
      default: '',
      mayBeEmpty: true,
      description:
        'An existing topic for the alarms; its policy must let CloudWatch publish. Empty: the stack creates one.',
    },
    heldAlarmAbove: {
      // The count stops at 1,000.
      form: wholeNumber(0, 999),
      default: '0',
      description: 'The alarm held is on while more CVs than this number need an operator.',
    },
    rejectedAlarmAbove: {
      form: wholeNumber(0, 999),
      default: '0',
      description: 'The alarm rejected is on while more CVs than this number were rejected within the last 24 hours.',
    },
    oldestWaitingSeconds: {
      form: wholeNumber(3_600, 604_800),
      default: '86400',
      description: 'The alarm oldest-waiting is on while a CV that arrived longer ago than this is not delivered.',
    },
    canaryKey: {
      // Characters that need no encoding and no escaping in a policy, and a sandbox integration in its place.
      form: text(
        '([A-Za-z0-9._=@-]+/)*sandbox:[A-Za-z0-9_-]{1,64}/([A-Za-z0-9._=@-]+/)*[A-Za-z0-9_-][A-Za-z0-9._-]*\\.pdf',
        "a key of A-Z, a-z, 0-9 and . _ = @ - that names an integration of Kombo's sandbox (sandbox:<id>) and ends in .pdf, such as canary/sandbox:8d1hpPsbjxUkoCoa1veLZGe5/8Xi6iZrwusZqJmDGXs49GBmJ/canary.pdf",
      ),
      default: '',
      mayBeEmpty: true,
      description:
        "Once a day an invented file is put under this key. The alarm canary rings if it has not reached Kombo's sandbox within an hour. Empty: no canary. See infra/README.md.",
    },
    attachWithinSeconds: {
      // CloudWatch allows longer times, but a CV that takes a day triggers the alarm oldest-waiting anyway.
      form: wholeNumber(0, 86_400),
      default: '0',
      description:
        'Alarm when 1 in 100 CVs of an hour took longer than this from upload to attachment. 0: no such alarm.',
    },
  },
  Capacity: {
    reserveConcurrency: {
      form: oneOf('true', 'false'),
      default: 'true',
      description:
        'false for an account with a concurrency limit of 10, where AWS rejects reservations. See infra/README.md.',
    },
    ...concurrency(
      'on-upload',
      8,
      `Instances of on-upload. All functions together may have ${maxInstances}: each gets a share of Kombo's 30 concurrent calls per integration.`,
    ),
    ...concurrency('on-schedule', 2, 'Instances of on-schedule. Each works on up to 4 files concurrently.'),
    ...concurrency('on-batch', 1, 'Instances of on-batch.'),
    ...concurrency('on-demand', 1, 'Instances of on-demand. Each works on up to 4 files concurrently.'),
    memoryMb: {
      form: wholeNumber(128, 10_240),
      default: '192',
      description: 'Measured: docs/benchmarks.md. Less memory also means less CPU; Lambda gives one vCPU at 1,769 MB.',
    },
  },
};

export const options: readonly Option[] = Object.entries(groups).flatMap(([group, rows]) =>
  Object.entries(rows).map(
    ([name, { form, mayBeEmpty = false, packaging = false, ...row }]): Option => ({
      ...form,
      ...row,
      name,
      group,
      mayBeEmpty,
      packaging,
    }),
  ),
);

export const defaults: Readonly<Record<string, string>> = Object.fromEntries(
  options.map((option) => [option.name, option.default]),
);
