import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { ConfigError } from '../../src/config-error.ts';
import { Addresses } from '../../src/http/address.ts';
import { Allowance } from '../../src/tallies/allowance.ts';
import { environment } from '../support/gateway.ts';

/** A request as far as its sender can be told from it. */
function request(peer: string, forwarded?: string): IncomingMessage {
  return {
    socket: { remoteAddress: peer },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  } as IncomingMessage;
}

const PROXIES = ['10.0.0.0/8', 'loopback', '2001:db8:ffff::/48'];
const SENDERS: readonly [peer: string, forwarded: string | undefined, counted: string][] = [
  ['203.0.113.7', undefined, '203.0.113.7'],
  // An untrusted client may send anything.
  ['203.0.113.7', '198.51.100.1', '203.0.113.7'],
  ['10.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['127.0.0.1', '198.51.100.1, 10.1.2.3', '198.51.100.1'],
  // The client wrote the first address, and the proxy the address that it saw.
  ['10.0.0.1', '192.0.2.66, 198.51.100.1', '198.51.100.1'],
  ['10.0.0.1', '10.9.9.9, 198.51.100.1, 10.1.2.3', '198.51.100.1'],
  ['2001:db8:ffff::1', '198.51.100.1', '198.51.100.1'],
  ['10.0.0.1', '198.51.100.1:50123', '198.51.100.1'],
  ['10.0.0.1', '[2001:db8:1:2:3::4]:50123', '2001:db8:1:2::/64'],
  // A proxy before the last one wrote a port as well, and is trusted all the same.
  ['10.0.0.1', '198.51.100.1:50123, 10.1.2.3:443', '198.51.100.1'],
  ['10.0.0.1', '198.51.100.1, [2001:db8:ffff::1]:443, 10.1.2.3', '198.51.100.1'],
  ['10.0.0.1', '192.0.2.66, [2001:db8:1:2:3::4]', '2001:db8:1:2::/64'],
  ['10.0.0.1', 'unknown', '10.0.0.1'],
  ['10.0.0.1', '', '10.0.0.1'],
  ['10.0.0.1', '198.51.100.1, what?', '10.0.0.1'],
  ['::ffff:198.51.100.1', undefined, '198.51.100.1'],
  ['::FFFF:C633:6401', undefined, '198.51.100.1'],
  ['2001:db8:1:2:3:4:5:6', undefined, '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::', undefined, '2001:db8:1:2::/64'],
  ['2001:db8::1', undefined, '2001:db8:0:0::/64'],
  ['::1', undefined, '0:0:0:0::/64'],
  ['fe80::1%eth0', undefined, 'fe80:0:0:0::/64'],
];

it.each(SENDERS)('OPS5.1 counts %s, forwarded for %s, as %s', (peer, forwarded, counted) => {
  expect(new Addresses(PROXIES).of(request(peer, forwarded))).toBe(counted);
});

it('OPS5.1 has no address for a connection that was reset', () => {
  const reset = { socket: {}, headers: { 'x-forwarded-for': '198.51.100.1' } } as unknown as IncomingMessage;
  expect(new Addresses(PROXIES).of(reset)).toBe('');
  expect(new Addresses(PROXIES).isTrusted(reset)).toBe(false);
});

it('OPS5.2 tells an untrusted client that sends X-Forwarded-For from a proxy', () => {
  const addresses = new Addresses(['loopback']);
  expect(addresses.isForwardedInVain(request('127.0.0.1', '198.51.100.1'))).toBe(false);
  expect(addresses.isForwardedInVain(request('10.0.0.1', '198.51.100.1'))).toBe(true);
  expect(addresses.isForwardedInVain(request('10.0.0.1'))).toBe(false);
});

it.each(['1', 'true', '*', 'nginx', '10.0.0.0/33', '10.0.0.256', 'loopback, 10.0.0', '0.0.0.0/0', 'fd00::/129'])(
  'OPS2.1 refuses TRUST_PROXY=%s, and says what is expected',
  (value) => {
    const read = () => readConfig({ ...environment('/tmp'), TRUST_PROXY: value });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/^TRUST_PROXY: ".+" is neither an address nor a network; expected .*loopback/);
  },
);

it('OPS2.1 reads TRUST_PROXY as addresses, networks and their names', () => {
  const { trustProxy } = readConfig({ ...environment('/tmp'), TRUST_PROXY: ' loopback, 10.0.0.7,fd00::/8 ,' });
  expect(trustProxy).toEqual(['loopback', '10.0.0.7', 'fd00::/8']);
  expect(readConfig(environment('/tmp')).trustProxy).toEqual([]);
});

/** An allowance, and a clock that is put on by hand. */
function allowance(options: { readonly rate: number; readonly burst?: number; readonly debt?: number }) {
  let now = 5_000;
  const { rate, burst = rate, debt = 0 } = options;
  const one = new Allowance({ rate, burst, debt, clock: () => now });
  const granted = (times: number) => Array.from({ length: times }, () => one.take()).filter(Boolean).length;
  return { one, granted, pass: (ms: number) => (now += ms) };
}

it('OPS5.3 grants a burst, and then so many a second, however often it is asked', () => {
  const { one, granted, pass } = allowance({ rate: 10, burst: 20 });
  expect(granted(50)).toBe(20);
  expect(one.isLeft).toBe(false);
  // Asked all the time, in pieces that are no whole one.
  let sum = 0;
  for (let ms = 0; ms < 1_000; ms += 10) {
    pass(10);
    sum += granted(3);
  }
  expect(sum).toBeGreaterThanOrEqual(9);
  expect(sum).toBeLessThanOrEqual(10);
  pass(60 * 60 * 1_000);
  expect(granted(50)).toBe(20);
});

it('OPS5.3 lets a client that goes on asking wait for longer, and says when that is too much', () => {
  const { one, granted, pass } = allowance({ rate: 10, debt: 10 });
  expect(granted(15)).toBe(10);
  expect(one.isOverdrawn).toBe(false);
  pass(500);
  expect(granted(1)).toBe(0);
  expect(granted(20)).toBe(0);
  expect(one.isOverdrawn).toBe(true);
  pass(1_200);
  expect(granted(1)).toBe(1);
});
