import type { IncomingHttpHeaders } from 'node:http';

const isThisMachine = (host: string): boolean => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host);

/**
 * Whether a request comes from a program on this machine, and not from a web page in a browser here.
 * The stack asks for no password, so any page could otherwise read the CVs in it: a foreign page shows itself by its
 * Origin, and one that had its own name resolved to 127.0.0.1 by the Host that it asked for.
 */
export const isLocalCaller = ({ host, origin }: Pick<IncomingHttpHeaders, 'host' | 'origin'>): boolean =>
  isThisMachine(host ?? '') && (origin === undefined || isThisMachine(URL.parse(origin)?.host ?? ''));
