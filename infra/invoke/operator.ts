import { userInfo } from 'node:os';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

const identityMs = 3_000;

/** Who asks, for the function's log: the ARN that AWS knows the caller by, otherwise the user's name on this machine. */
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
    // It must not keep an operator from asking; without credentials the invocation itself says so.
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

/** Lambda's client context as the API takes it. The function reads it in handlers/on-demand/audit.ts. */
export const clientContextOf = (operator: string): string =>
  Buffer.from(JSON.stringify({ custom: { operator } })).toString('base64');
