import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { at, parseJson, text } from '../../lib/json.ts';
import { explainAwsError } from './aws-error.ts';
import { InvokeError } from './errors.ts';
import { callerOnAws, clientContextOf } from './operator.ts';
import { regionOf } from './region.ts';

export interface Deployed {
  /** Its name in Lambda. */
  readonly functionName: string;
  /** From the command line; otherwise from the environment, the profile, or the default. */
  readonly region?: string | undefined;
  readonly defaultRegion: string;
  readonly functionTimeoutSeconds: number;
}

/** After the function has ended, AWS needs a moment to report it. */
const afterFunctionMs = 30_000;
const connectMs = 10_000;

/** How long to wait for the response: longer than the function can run, so that no running request is given up. */
export const answerTimeoutMs = ({ functionTimeoutSeconds }: Pick<Deployed, 'functionTimeoutSeconds'>): number =>
  functionTimeoutSeconds * 1000 + afterFunctionMs;

/**
 * Invokes a deployed function once and returns its response. Never repeats the call, because the first request may
 * still be running.
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

const functionFailed = (error: unknown, functionName: string, region: string): string => {
  const type = text(at(error, 'errorType')) ?? '';
  const message = text(at(error, 'errorMessage')) ?? '';
  const log = `Its log: aws logs tail /aws/lambda/${functionName} --since 15m --region ${region}`;
  if (type === 'Sandbox.Timedout' || /Task timed out/.test(message)) {
    return `${functionName} ran out of time. Finished work is in the ledger; repeat the same request to continue. ${log}`;
  }
  return `${functionName} failed. ${[type, message].filter((part) => part !== '').join(': ')}\n${log}`;
};
