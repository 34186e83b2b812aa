import { at, text } from '../../lib/json.ts';

interface Attempt {
  readonly functionName: string;
  readonly region: string;
  readonly operator: string;
  readonly timeoutMs: number;
}

/** Nothing was invoked, and the caller must sign in. */
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

/** Why a call to AWS brought no answer, and what to do: sentences for an operator. */
export const explainAwsError = (error: unknown, { functionName, region, operator, timeoutMs }: Attempt): string => {
  const name = text(at(error, 'name')) ?? '';
  const message = text(at(error, 'message')) ?? String(error);
  const code = text(at(error, 'code')) ?? '';
  const status = Number(at(error, '$metadata', 'httpStatusCode') ?? 0);
  if (credentialErrors.has(name)) {
    return `There are no usable AWS credentials, so nothing was invoked. Sign in (aws sso login) or set AWS_PROFILE, and repeat the command. ${name}: ${message}`;
  }
  if (name === 'ResourceNotFoundException') {
    return `There is no function ${functionName} in ${region} for ${operator}. Compare the stage, the region (--region) and the account (AWS_PROFILE).`;
  }
  if (name === 'AccessDeniedException') {
    return `${operator} may not invoke ${functionName} in ${region}, so nothing was done. It takes lambda:InvokeFunction: infra/README.md, "Rights of on-call staff". ${message}`;
  }
  if (name === 'TooManyRequestsException') {
    return /Reserved/.test(text(at(error, 'Reason')) ?? '')
      ? `Nothing was done: another operator's request is running, and ${functionName} takes one after the other (demandConcurrency and the like). Repeat the command in a minute.`
      : `Nothing was done: AWS throttled the call (${text(at(error, 'Reason')) ?? message}). Repeat the command in a minute.`;
  }
  // The SDK calls a connection that breaks a timeout, too.
  const isBroken = /^(ECONNRESET|EPIPE)$/.test(code);
  if (name === 'TimeoutError' && !isBroken && !/establish/.test(message)) {
    return `No answer came within ${timeoutMs / 1000} s. ${functionName} may have done what was asked, or part of it. ${lookFirst}`;
  }
  if (status >= 500) return `AWS answered HTTP ${status} (${name}). ${functionName} may have run or not. ${lookFirst}`;
  if (!isBroken && (name === 'TimeoutError' || unreachable.test(code))) {
    return `AWS Lambda in ${region} cannot be reached (${code || name}), so nothing was invoked. Compare the region (--region), and look at network and proxy.`;
  }
  if (status === 0)
    return `The connection to AWS broke (${code || name}). ${functionName} may have run or not. ${lookFirst}`;
  return `AWS refused the call, so nothing was invoked. ${name}: ${message}`;
};

/** The connection was never made. */
const unreachable = /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/;

const lookFirst =
  'The command was not repeated. Ask {"action":"status"} what became of it; repeating the same request is safe.';
