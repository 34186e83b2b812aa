import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { at, parseJson, text } from '../../lib/json.ts';
import { explainAwsError } from './aws-error.ts';
import { InvokeError } from './errors.ts';
import { callerOnAws, clientContextOf } from './operator.ts';

export interface Deployed {
  /** As Lambda knows it. */
  readonly functionName: string;
  /** Of the command line; otherwise the environment's, the profile's, or the default. */
  readonly region?: string | undefined;
  readonly defaultRegion: string;
  readonly functionTimeoutSeconds: number;
}

/** After the function's own end AWS needs a moment to say so. */
const afterFunctionMs = 30_000;
const connectMs = 10_000;

/** How long to wait for the answer: longer than the function can run, so that no request is given up while it is carried out. */
export const answerTimeoutMs = ({ functionTimeoutSeconds }: Pick<Deployed, 'functionTimeoutSeconds'>): number =>
  functionTimeoutSeconds * 1000 + afterFunctionMs;

/**
 * Invokes a deployed function once and returns its answer: without a repeat, whatever happens, because the first request may
 * still be carried out.
 * @throws {InvokeError}
 */
export const invokeDeployed = async (
  deployed: Deployed,
  event: string,
  timeoutMs = answerTimeoutMs(deployed),
): Promise<unknown> => {
  const { functionName } = deployed;
  const region = await regionOf(deployed);
  const operator = await callerOnAws(region);
  const client = new LambdaClient({
    region,
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: connectMs,
      requestTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      throwOnRequestTimeout: true,
    },
  });
  try {
    const { FunctionError, Payload } = await client.send(
      new InvokeCommand({
        FunctionName: functionName,
        Payload: Buffer.from(event),
        ClientContext: clientContextOf(operator),
      }),
    );
    const answer = parseJson(Payload?.transformToString() ?? '');
    if (FunctionError === undefined) return answer ?? null;
    throw new InvokeError(functionFailed(answer, functionName, region));
  } catch (error) {
    if (error instanceof InvokeError) throw error;
    throw new InvokeError(explainAwsError(error, { functionName, region, operator, timeoutMs }));
  } finally {
    client.destroy();
  }
};

/** Of the command line, else of the environment, of the profile, or the default. */
export const regionOf = async ({
  region,
  defaultRegion,
}: Pick<Deployed, 'region' | 'defaultRegion'>): Promise<string> => {
  const given = region ?? (process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION);
  if (given) return given;
  const client = new LambdaClient({});
  // Looks into the profile; rejects when no region is set there.
  const found = await client.config.region().catch(() => defaultRegion);
  client.destroy();
  return found;
};

const functionFailed = (error: unknown, functionName: string, region: string): string => {
  const type = text(at(error, 'errorType')) ?? '';
  const message = text(at(error, 'errorMessage')) ?? '';
  const log = `Its log: aws logs tail /aws/lambda/${functionName} --since 15m --region ${region}`;
  if (type === 'Sandbox.Timedout' || /Task timed out/.test(message)) {
    return `${functionName} ran out of time. What it had finished is in the ledger; the same request can be repeated and continues. ${log}`;
  }
  return `${functionName} failed. ${[type, message].filter((part) => part !== '').join(': ')}\n${log}`;
};
