import { at, text } from '../../lib/json.ts';

interface Attempt {
  readonly functionName: string;
  readonly region: string;
  readonly operator: string;
  readonly timeoutMs: number;
}

/** Errors that mean that nothing was invoked and the caller must sign in. */
const credentialErrors: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
]);

/** Why a call to AWS got no response, and what to do, in sentences for an operator. */
export const explainAwsError = (error: unknown, { functionName, region, operator, timeoutMs }: Attempt): string => {
  const name = text(at(error, 'name')) ?? '';
  const message = text(at(error, 'message')) ?? String(error);
  const code = text(at(error, 'code')) ?? '';
  const status = Number(at(error, '$metadata', 'httpStatusCode') ?? 0);
  if (credentialErrors.has(name)) {
    return `There are no usable AWS credentials, so nothing was invoked. Sign in (aws sso login) or set AWS_PROFILE, and repeat the command. ${name}: ${message}`;
  }
  if (name === 'ResourceNotFoundException') {
    return `There is no function ${functionName} in ${region} for ${operator}. Check the stage, the region (--region) and the account (AWS_PROFILE).`;
  }
  if (name === 'AccessDeniedException') {
    return `${operator} may not invoke ${functionName} in ${region}, so nothing was done. The permission lambda:InvokeFunction is missing: infra/README.md, "Rights of on-call staff". ${message}`;
  }
  if (name === 'TooManyRequestsException') {
    return /Reserved/.test(text(at(error, 'Reason')) ?? '')
      ? `Nothing was done: another operator's request is running, and ${functionName} handles only as many requests as its reserved concurrency allows. Repeat the command in a minute.`
      : `Nothing was done: AWS throttled the call (${text(at(error, 'Reason')) ?? message}). Repeat the command in a minute.`;
  }
  // The SDK also reports a broken connection as a timeout.
  const isBroken = /^(ECONNRESET|EPIPE)$/.test(code);
  if (name === 'TimeoutError' && !isBroken && !/establish/.test(message)) {
    return `No answer arrived within ${timeoutMs / 1000} s. ${functionName} may have carried out the request, or part of it. ${lookFirst}`;
  }
  if (status >= 500) return `AWS answered HTTP ${status} (${name}). ${functionName} may have run or not. ${lookFirst}`;
  if (!isBroken && (name === 'TimeoutError' || unreachable.test(code))) {
    return `AWS Lambda in ${region} cannot be reached (${code || name}), so nothing was invoked. Check the region (--region), the network and the proxy.`;
  }
  if (status === 0)
    return `The connection to AWS broke (${code || name}). ${functionName} may have run or not. ${lookFirst}`;
  return `AWS refused the call, so nothing was invoked. ${name}: ${message}`;
};

/** The connection was never made. */
const unreachable = /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/;

const lookFirst =
  'The command was not repeated. {"action":"status"} shows the current state; repeating the same request is safe.';
