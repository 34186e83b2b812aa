import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import * as http from 'node:http';
import * as https from 'node:https';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { urlToHttpOptions } from 'node:url';
import type { Clock } from '../clock.ts';
import { OwnError } from '../failures/own-error.ts';
import { linkSilenceMs, maxHandshakeMs, maxLinkRedirects } from '../limits.ts';
import { ok, type Result } from '../result.ts';
import { freeAfterUse } from '../stream/free-after-use.ts';
import { freeCopiedReads } from '../stream/free-copied-reads.ts';
import { isLoopbackAddress, isPublicAddress } from './public-address.ts';

/** Reads the links in Kombo's lists. They come from outside and are secrets, so no message shows any part of one. */
export interface Links {
  /**
   * Sends one GET and follows redirects. Resolves with the head of the final response; the caller reads and closes its
   * body. Never throws. Everything, including the body, ends when `signal` aborts.
   */
  open(url: string, signal: AbortSignal): Promise<Result<LinkAnswer, LinkFault>>;
}

export interface LinkAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Throws when the connection breaks before the end. Each chunk is valid only until the next one is requested. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Ends the connection, even if data is still to come. */
  close(): void;
}

export interface LinkFault {
  /** One sentence for the operator, without addresses or names. */
  readonly reason: string;
  /** Whether a later check may succeed. */
  readonly mayPass: boolean;
}

/**
 * Implements `Links` over HTTP, for https links to public addresses. If Kombo's own address is on this machine (the
 * emulator), links to this machine are allowed, also by plain http. `lookup` is for tests.
 */
export const httpLinks = (
  komboBaseUrl: string,
  clock: Clock,
  { lookup = systemLookup as LookupFunction }: { readonly lookup?: LookupFunction } = {},
): Links => {
  const komboHost = hostOf(new URL(komboBaseUrl));
  const isLocal = komboHost === 'localhost' || isLoopbackAddress(komboHost);

  /** The only place that decides where a link may lead; redirects are checked here as well. */
  const ask = (url: URL, signal: AbortSignal): Promise<LinkAnswer> => {
    const isSecure = url.protocol === 'https:';
    if (!isSecure && !(isLocal && url.protocol === 'http:'))
      throw new LinkError('The link is not an https link.', false);
    if (url.username || url.password) throw new LinkError('The link contains a user name or a password.', false);
    const mayConnect = (address: string): boolean =>
      (isSecure && isPublicAddress(address)) || (isLocal && isLoopbackAddress(address));
    // Node does not call `lookup` for IP addresses, so they are checked here.
    if (isIP(hostOf(url)) && !mayConnect(hostOf(url))) throw addressRefused();

    const { promise: answered, resolve, reject } = Promise.withResolvers<LinkAnswer>();
    const call = (isSecure ? https : http).request({
      ...urlToHttpOptions(url),
      // Each request has its own connection, so one host cannot affect other requests.
      agent: false,
      lookup: lookupOnly(mayConnect, lookup),
      // A compressed file has a different length and different bytes.
      headers: { 'accept-encoding': 'identity', 'user-agent': 'cv-courier' },
      signal,
    });
    const endAfter = (limitMs: number, what: string): (() => void) =>
      clock.after(limitMs, () =>
        call.destroy(new LinkError(`The host of the link did not ${what} within ${limitMs / 1000} s.`, true)),
      );
    let cancel = endAfter(maxHandshakeMs, 'accept a connection');
    let withoutReads = (body: http.IncomingMessage): AsyncIterable<Uint8Array<ArrayBuffer>> => body;
    call.on('socket', (socket) => {
      withoutReads = freeCopiedReads(socket);
      socket.once(isSecure ? 'secureConnect' : 'connect', () => {
        cancel();
        cancel = endAfter(linkSilenceMs, 'answer');
      });
    });
    call.on('response', (response) =>
      resolve({
        status: response.statusCode ?? 0,
        headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, value?.toString()])),
        chunks: freeAfterUse(withoutReads(response)),
        close: () => call.destroy(),
      }),
    );
    // Never removed, because the connection may also break after the head of the response.
    call.on('error', (error) => reject(certificateFault(error, call.socket) ?? error));
    // A host that switches protocols closes the call without an error.
    call.on('close', () => reject(new OwnError('Closed without an answer.')));
    call.end();
    return answered.finally(() => cancel());
  };

  const open = async (link: string, signal: AbortSignal): Promise<Result<LinkAnswer, LinkFault>> => {
    try {
      let url = URL.parse(link);
      for (let hops = 0; hops <= maxLinkRedirects; hops += 1) {
        if (!url) throw new LinkError('The link is not a URL.', false);
        signal.throwIfAborted();
        const answer = await ask(url, signal);
        const { location } = answer.headers;
        if (location === undefined || !redirects.has(answer.status)) return ok(answer);
        answer.close();
        url = URL.parse(location, url.href);
      }
      throw new LinkError('The link is redirected too often.', false);
    } catch (error) {
      return { ok: false, error: faultOf(error, signal) };
    }
  };

  return { open };
};

const redirects = new Set([301, 302, 303, 307, 308]);

/** Without the brackets of an IPv6 address. */
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

/**
 * Checks the addresses while the connection is made. A separate check before would look the name up twice, and the
 * second lookup could return another address (DNS rebinding). One address that is not allowed rejects the name, because
 * Node chooses among them.
 */
const lookupOnly =
  (isAllowed: (address: string) => boolean, lookup: LookupFunction): LookupFunction =>
  (name, options, callback) =>
    lookup(name, { ...options, all: true }, (error, found) => {
      const addresses = found as LookupAddress[];
      if (error) return callback(error, []);
      const [first] = addresses;
      if (!first || !addresses.every(({ address }) => isAllowed(address))) return callback(addressRefused(), []);
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });

/** An error whose message may be shown. Messages of other errors contain the host's name and address. */
class LinkError extends OwnError {
  override readonly name = 'LinkError';
  readonly fault: LinkFault;

  constructor(reason: string, mayPass: boolean) {
    super(reason);
    this.fault = { reason, mayPass };
  }
}

const addressRefused = (): LinkError => new LinkError('The link leads to an address that is not public.', false);

/** Node sets this property when it rejects a certificate, and then ends the connection. */
const certificateFault = (error: NodeJS.ErrnoException, socket: Socket | null): LinkError | undefined =>
  (socket as TLSSocket | null)?.authorizationError
    ? new LinkError(`The host of the link has no valid certificate (${error.code}).`, false)
    : undefined;

/** Only our own rules are final. Any other fault may be temporary: a broken connection, a missing name, a restart. */
const faultOf = (error: unknown, signal: AbortSignal): LinkFault => {
  if (error instanceof LinkError) return error.fault;
  if (signal.aborted) return { reason: 'The link was not answered in time.', mayPass: true };
  const { code } = error as NodeJS.ErrnoException;
  return { reason: `The link could not be read${code ? ` (${code})` : ''}.`, mayPass: true };
};
