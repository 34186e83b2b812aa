import type { Headers } from './call.ts';
import { S3Error } from './s3-error.ts';

/** @see Amazon S3 API Reference, "Authenticating requests: using query parameters" */
const maxLifetimeSeconds = 604_800;

/**
 * Headers that a link carries in its query; the JavaScript SDK moves most of them there. The checksum is ignored: the
 * SDK computes it over an empty body, and S3 does not check it (aws/aws-sdk, issue 480).
 */
export const linkHeaders = (query: ReadonlyMap<string, string>): Headers => {
  const isLink = query.has('X-Amz-Signature') || query.has('Signature');
  const headers = [...query].filter(([name]) => isLink && /^x-amz-(?:meta-|tagging$|storage-class$)/i.test(name));
  // Query values are UTF-8; headers hold bytes as Latin-1.
  return Object.fromEntries(
    headers.map(([name, value]) => [name.toLowerCase(), Buffer.from(value).toString('latin1')]),
  );
};

/** Signatures are not checked here, but links do expire. */
export const refuseExpired = (query: ReadonlyMap<string, string>, nowMs: number): void => {
  const expiresMs = expiryOf(query);
  if (expiresMs === undefined || nowMs <= expiresMs) return;
  throw new S3Error('AccessDenied', {
    message: 'Request has expired',
    elements: { Expires: new Date(expiresMs).toISOString(), ServerTime: new Date(nowMs).toISOString() },
  });
};

const expiryOf = (query: ReadonlyMap<string, string>): number | undefined => {
  const [date, lifetime] = [query.get('X-Amz-Date'), query.get('X-Amz-Expires')];
  if (lifetime !== undefined) {
    const iso = date?.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z') ?? '';
    const signedMs = Date.parse(iso);
    const isValid = /^\d{1,6}$/.test(lifetime) && Number(lifetime) <= maxLifetimeSeconds && !Number.isNaN(signedMs);
    if (!isValid) throw new S3Error('AuthorizationQueryParametersError');
    return signedMs + Number(lifetime) * 1_000;
  }
  // The older signature version contains the expiry time itself.
  const end = query.has('Signature') ? Number(query.get('Expires')) : Number.NaN;
  return Number.isNaN(end) ? undefined : end * 1_000;
};
