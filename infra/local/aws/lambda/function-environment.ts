import { settings } from '../../../../lib/config/settings.ts';
import { s3Credentials } from '../s3/server.ts';

/** The addresses of this stack that the functions need. */
export interface FunctionPlace {
  readonly bucket: string;
  readonly table: string;
  readonly region: string;
  readonly s3Url: string;
  readonly dynamodbUrl: string;
  readonly komboUrl: string;
  readonly komboApiKey: string;
  readonly integrationId: string;
}

/** Shorter than on AWS, so that a developer at a terminal can watch a retry or a read-back. */
const shortWaits = {
  KOMBO_TIMEOUT_SECONDS: '40',
  // Longer than the function's timeout, as on AWS.
  LEASE_SECONDS: '70',
  RETRY_BASE_SECONDS: '2',
  READ_BACK_AFTER_SECONDS: '3',
  READ_BACK_AGAIN_SECONDS: '5',
  SWEEP_EVERY_MINUTES: '5',
} as const;

/** Both target types, so that each can be tried without a setting. */
const keyTemplates = 'candidates/{candidate_id}/{filename}|applications/{application_id}/{filename}';

/**
 * The environment of the functions: the addresses of this stack and the short waits, overridden by settings from the
 * shell (`TRANSFER=data_url npm start`). No other shell variable is passed on: an AWS profile, a region or a proxy must
 * not make a local function call another machine.
 */
export const functionEnvironment = (
  place: FunctionPlace,
  shell: Readonly<Record<string, string | undefined>>,
): Record<string, string> => {
  const fixed = {
    BUCKET: place.bucket,
    LEDGER_TABLE: place.table,
    KOMBO_BASE_URL: place.komboUrl,
    KOMBO_API_KEY: place.komboApiKey,
    KOMBO_API_KEY_SECRET: '',
    // A topic from the shell would be a real one.
    ALARM_TOPIC: '',
    S3_FORCE_PATH_STYLE: 'true',
    AWS_ENDPOINT_URL_S3: place.s3Url,
    AWS_ENDPOINT_URL_DYNAMODB: place.dynamodbUrl,
    AWS_ACCESS_KEY_ID: s3Credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3Credentials.secretAccessKey,
    AWS_REGION: place.region,
    // Otherwise the SDK would read the AWS settings in the home folder.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '192',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/local',
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    // The stack shows the events itself.
    OUTCOME_BUS: 'default',
    POWERTOOLS_SERVICE_NAME: 'cv-courier',
    TZ: ':UTC',
  };
  const fromShell = Object.values(settings).flatMap(({ name }) => {
    const value = shell[name]?.trim();
    return value ? [[name, value] as const] : [];
  });
  const defaults = { KOMBO_INTEGRATION_ID: place.integrationId, KEY_TEMPLATES: keyTemplates, ...shortWaits };
  return { ...defaults, ...Object.fromEntries(fromShell), ...fixed };
};
