import type { MiddlewareHandler } from 'hono';
import { isLocalCaller } from '../../process/local-caller.ts';

/** No inline code, nothing from other origins, and no framing. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/**
 * Accepts only programs on this machine and the console's own page, and restricts what the page may load. A foreign
 * site whose name resolves to 127.0.0.1 (DNS rebinding) is recognised by the Host header. A page of another site, or
 * from another port of this machine, is recognised by Origin or Sec-Fetch-Site, which scripts cannot set.
 */
export const sameOriginOnly: MiddlewareHandler = async (c, next) => {
  const { host = '', origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = c.req.header();
  const changes = c.req.method !== 'GET' && c.req.method !== 'HEAD';
  const foreignOrigin = origin !== undefined && origin !== `http://${host}`;
  // Other sites may only link to the page.
  const visit = !changes && mode === 'navigate' && c.req.path === '/';
  const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none' && !visit;
  if (!isLocalCaller({ host }) || foreignOrigin || foreignSite) {
    return c.json({ error: 'Only the console page on this machine may call the console server.' }, 403);
  }
  await next();
  c.header('content-security-policy', c.res.headers.get('content-security-policy') ?? contentSecurityPolicy);
  c.header('cross-origin-opener-policy', 'same-origin');
  c.header('cross-origin-resource-policy', 'same-origin');
  c.header('referrer-policy', 'no-referrer');
  c.header('x-content-type-options', 'nosniff');
  c.header('cache-control', 'no-store');
  return undefined;
};
