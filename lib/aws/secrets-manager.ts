import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ApiKeyError, type StoredKey } from '../kombo/api-key.ts';
import { awsConnectTimeoutMs, secretTimeoutMs } from '../limits.ts';

const timeouts = {
  connectionTimeout: awsConnectTimeoutMs,
  requestTimeout: secretTimeoutMs,
  throwOnRequestTimeout: true,
};

/**
 * Reads a secret's text and version from AWS Secrets Manager.
 * @throws {ApiKeyError} names the secret and what to do, never its content
 */
export const secretText = (secretId: string) => async (): Promise<StoredKey> => {
  try {
    const client = new SecretsManagerClient({ requestHandler: timeouts, maxAttempts: 2 });
    const secret = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    // A secret that was uploaded as a file is binary, whatever it contains.
    const text = secret.SecretString ?? Buffer.from(secret.SecretBinary ?? []).toString('utf8');
    return { text, version: secret.VersionId ?? '' };
  } catch (error) {
    const name = error instanceof Error ? error.name : 'UnknownError';
    if (!isFinal(error, name))
      throw new ApiKeyError('unavailable', `Secrets Manager answered ${name}.`, { cause: error });
    const next =
      name === 'ResourceNotFoundException'
        ? 'create it, or put the Kombo API key into it'
        : "check the function's right to read it";
    throw new ApiKeyError('unreadable', `The secret "${secretId}" cannot be read (${name}): ${next}.`, {
      cause: error,
    });
  }
};

/** A client error needs an operator. A fault, throttling or a broken connection ends without one. */
const isFinal = (error: unknown, name: string): boolean => {
  if (name === 'CredentialsProviderError') return true;
  const status = error instanceof Error && '$metadata' in error ? httpStatusOf(error.$metadata) : undefined;
  return status !== undefined && status >= 400 && status < 500 && !/Throttl|TooManyRequests|LimitExceeded/.test(name);
};

const httpStatusOf = (metadata: unknown): number | undefined => {
  const { httpStatusCode } = metadata as { readonly httpStatusCode?: unknown };
  return typeof httpStatusCode === 'number' ? httpStatusCode : undefined;
};
