import { userInfo } from 'node:os';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

const identityMs = 3_000;

/**
 * The operator's name for the function's log: the ARN of the caller in AWS, otherwise the user name on this machine.
 */
export const callerOnAws = async (region: string): Promise<string> => {
  const client = new STSClient({
    region,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: identityMs, requestTimeout: identityMs, throwOnRequestTimeout: true },
  });
  try {
    const { Arn } = await client.send(new GetCallerIdentityCommand({}));
    return Arn ?? localUser();
  } catch {
    // Must not prevent the request. If credentials are missing, the invocation itself reports it.
    return localUser();
  } finally {
    client.destroy();
  }
};

export const localUser = (): string => {
  try {
    return `local user ${userInfo().username}`;
  } catch {
    return 'local user';
  }
};

/** Lambda's client context in the form of the API. handlers/on-demand/audit.ts reads it. */
export const clientContextOf = (operator: string): string =>
  Buffer.from(JSON.stringify({ custom: { operator } })).toString('base64');
