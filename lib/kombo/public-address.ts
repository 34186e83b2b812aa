import { BlockList, isIP } from 'node:net';

/**
 * Whether an IP address belongs to the public internet. Links come from outside: a link into a private network or to a
 * metadata service would make us send requests there for its author (server-side request forgery). Pure, no DNS.
 * @see IANA IPv4 and IPv6 Special-Purpose Address Registries
 */
export const isPublicAddress = (address: string): boolean => {
  const family = familyOf(address);
  return family !== undefined && open.check(address, family) && !closed.check(address, family);
};

/** Whether an address is this machine: 127.0.0.0/8, also mapped into IPv6, and ::1. */
export const isLoopbackAddress = (address: string): boolean => {
  const family = familyOf(address);
  return family !== undefined && loopback.check(address, family);
};

const familyOf = (address: string): 'ipv4' | 'ipv6' | undefined => (({ 4: 'ipv4', 6: 'ipv6' }) as const)[isIP(address)];

const networks = (...ranges: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', prefixLength] = range.split('/');
    list.addSubnet(network, Number(prefixLength), familyOf(network));
  }
  return list;
};

const closedIPv4 = [
  '0.0.0.0/8', // this network, "unspecified"
  '10.0.0.0/8', // private
  '100.64.0.0/10', // carrier-grade NAT
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local, with the metadata service of AWS
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // relays of 6to4
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
];

/**
 * IPv6 prefixes of addresses that contain an IPv4 address and lead to it: compatible, mapped, translated, and NAT64.
 */
const holdersOfIPv4 = ['::', '::ffff:', '::ffff:0:', '64:ff9b::'];

/** The same IPv4 networks inside each of these prefixes, which have 96 bits. */
const inIPv6 = (range: string): readonly string[] => {
  const [network, prefixLength] = range.split('/');
  return holdersOfIPv4.map((holder) => `${holder}${network}/${96 + Number(prefixLength)}`);
};

/** Only 2000::/3 is public in IPv6. Unique local, link-local, site-local and multicast addresses are outside it. */
const open = networks('0.0.0.0/0', ...inIPv6('0.0.0.0/0'), '2000::/3');

const closed = networks(
  ...closedIPv4,
  ...closedIPv4.flatMap(inIPv6),
  '2001::/23', // protocol assignments, with Teredo and benchmarks
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4
  '3fff::/20', // documentation
);

/** `BlockList` recognises mapped IPv4 addresses itself. */
const loopback = networks('127.0.0.0/8', '::1/128');
