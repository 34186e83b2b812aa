import { expect, test } from 'vitest';
import { isLoopbackAddress, isPublicAddress } from '../../../lib/kombo/public-address.ts';

const publicOf = (...addresses: readonly string[]): readonly string[] => addresses.filter(isPublicAddress);

test.each([
  ['unspecified', '0.0.0.0', '0.255.255.255'],
  ['private (10/8)', '10.0.0.0', '10.255.255.255'],
  ['carrier-grade NAT', '100.64.0.0', '100.127.255.255'],
  ['loopback', '127.0.0.0', '127.255.255.255'],
  ['link-local', '169.254.0.0', '169.254.255.255'],
  ['private (172.16/12)', '172.16.0.0', '172.31.255.255'],
  ['a protocol assignment', '192.0.0.0', '192.0.0.255'],
  ['documentation (192.0.2)', '192.0.2.0', '192.0.2.255'],
  ['a relay of 6to4', '192.88.99.0', '192.88.99.255'],
  ['private (192.168/16)', '192.168.0.0', '192.168.255.255'],
  ['for benchmarks', '198.18.0.0', '198.19.255.255'],
  ['documentation (198.51.100)', '198.51.100.0', '198.51.100.255'],
  ['documentation (203.0.113)', '203.0.113.0', '203.0.113.255'],
  ['multicast', '224.0.0.0', '239.255.255.255'],
  ['reserved or broadcast', '240.0.0.0', '255.255.255.255'],
])('an IPv4 address that is %s is not public', (_, first, last) => {
  expect(publicOf(first, last)).toEqual([]);
});

test('the IPv4 addresses right before and after each special network are public', () => {
  const neighbours = [
    ...['1.0.0.0', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0'],
    ...['169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '191.255.255.255', '192.0.1.0', '192.0.3.0'],
    ...['192.88.98.255', '192.88.100.0', '192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0'],
    ...['198.51.99.255', '198.51.101.0', '203.0.112.255', '203.0.114.0', '223.255.255.255'],
  ];
  expect(publicOf(...neighbours)).toEqual(neighbours);
});

test.each([
  ['unspecified', '::', '::'],
  ['loopback', '::1', '::1'],
  ['in the NAT64 network of a local operator', '64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff'],
  ['for discarding', '100::', '100::ffff'],
  ['Teredo', '2001::', '2001:0:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['a protocol assignment', '2001:1::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['documentation (2001:db8)', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['6to4', '2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['documentation (3fff)', '3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['not allocated yet', '4000::', '1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['unique local', 'fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['the metadata service of AWS', 'fd00:ec2::254', 'fd00:ec2::254'],
  ['link-local', 'fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['link-local with a zone', 'fe80::1%eth0', 'fe80::1%1'],
  ['site-local', 'fec0::', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['multicast', 'ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
])('an IPv6 address that is %s is not public', (_, first, last) => {
  expect(publicOf(first, last)).toEqual([]);
});

test('the IPv6 addresses right before and after each special network are public', () => {
  const neighbours = [
    ...['2000::', '2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '2001:200::', '2001:db7:ffff::', '2001:db9::'],
    ...['2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '2003::', '2606:4700::1111', '3ffe:ffff::', '3fff:1000::'],
    '3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
  ];
  expect(publicOf(...neighbours)).toEqual(neighbours);
});

test.each(['::', '::ffff:', '::ffff:0:', '64:ff9b::'])(
  'an IPv6 address that contains an IPv4 address behind %s is as public as that one',
  (holder) => {
    const inside = ['8.8.8.8', '172.15.255.255', '172.32.0.0'].map((address) => holder + address);
    expect(publicOf(...inside)).toEqual(inside);
    const refused = [
      '0.0.0.0',
      '10.1.2.3',
      '100.64.0.1',
      '127.0.0.1',
      '169.254.169.254',
      '172.16.0.0',
      '172.31.255.255',
    ];
    const others = ['192.0.0.1', '192.168.1.1', '198.19.0.1', '203.0.113.7', '224.0.0.1', '255.255.255.255'];
    expect(publicOf(...[...refused, ...others].map((address) => holder + address))).toEqual([]);
  },
);

test('an address in another notation is judged by its value', () => {
  expect(publicOf('::ffff:7f00:1', '::FFFF:A9FE:A9FE', '0:0:0:0:0:ffff:a00:1', '64:ff9b:0:0:0:0:7f00:1')).toEqual([]);
  expect(publicOf('::ffff:808:808', '0:0:0:0:0:FFFF:808:808')).toHaveLength(2);
});

test('a text that is not an address is neither public nor loopback', () => {
  const garbage = [
    '',
    ' ',
    'localhost',
    '8.8.8',
    '8.8.8.8.',
    '134744072',
    '0x8.8.8.8',
    '8.8.8.8/32',
    '[2606::1]',
    ':::',
  ];
  expect(publicOf(...garbage)).toEqual([]);
  expect(garbage.filter(isLoopbackAddress)).toEqual([]);
});

test('only 127.0.0.0/8, ::1 and mapped ones are loopback', () => {
  const own = [
    '127.0.0.0',
    '127.0.0.1',
    '127.255.255.255',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
    '::ffff:7fff:1',
  ];
  expect(own.filter(isLoopbackAddress)).toEqual(own);
  const others = [
    '126.255.255.255',
    '128.0.0.0',
    '0.0.0.0',
    '::',
    '::2',
    '::127.0.0.1',
    '64:ff9b::127.0.0.1',
    '10.0.0.1',
  ];
  expect([...others, '::ffff:10.0.0.1', '::ffff:128.0.0.0', 'fe80::1'].filter(isLoopbackAddress)).toEqual([]);
});
