import type { IncomingHttpHeaders } from 'node:http';

const isThisMachine = (host: string): boolean => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host);

/**
 * Whether a request comes from a program on this machine rather than from a web page in its browser. The stack has no
 * password, so otherwise any page could read its CVs. A foreign page is recognised by its Origin; a page whose name
 * resolves to 127.0.0.1 (DNS rebinding) by its Host.
 */
export const isLocalCaller = ({ host, origin }: Pick<IncomingHttpHeaders, 'host' | 'origin'>): boolean =>
  isThisMachine(host ?? '') && (origin === undefined || isThisMachine(URL.parse(origin)?.host ?? ''));
