import type { LookupFunction } from 'node:net';

/** DNS lookups with the addresses that a test sets. */

/** Every name has these addresses: the first list for the first lookup, and so on; the last list is repeated. */
export const lookupOf = (...answers: readonly (readonly string[])[]): LookupFunction & { asked: string[] } => {
  const asked: string[] = [];
  const lookup: LookupFunction = (name, { all }, callback) => {
    const addresses = answers[Math.min(asked.push(name), answers.length) - 1] ?? [];
    if (all) callback(null, addresses.map(addressOf));
    else callback(null, addresses[0] ?? '', 4);
  };
  return Object.assign(lookup, { asked });
};

const addressOf = (address: string) => ({ address, family: address.includes(':') ? 6 : 4 });

/** An address that the check sees as a public one, and the socket as loopback: no test leaves this machine. */
const seeminglyPublic = () => {
  let reads = 0;
  return {
    family: 4,
    get address() {
      reads += 1;
      return reads === 1 ? '8.8.8.8' : '127.0.0.1';
    },
  };
};

export const publicLookup: LookupFunction = (_, __, callback) => callback(null, [seeminglyPublic()]);

export const failingLookup =
  (code: string): LookupFunction =>
  (name, _, callback) =>
    callback(Object.assign(new Error(`getaddrinfo ${code} ${name}`), { code }), []);
