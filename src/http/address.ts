import type { IncomingMessage } from 'node:http';
import { isIP, isIPv4, isIPv6 } from 'node:net';
import proxyAddr from 'proxy-addr';

/** Whom a request came from, as far as that can be believed. */
export class Addresses {
  readonly #trusts: (address: string, hop: number) => boolean;

  /** @param trusted proxies: addresses, networks, or `loopback`, `linklocal`, `uniquelocal`. */
  constructor(trusted: readonly string[]) {
    this.#trusts = proxyAddr.compile([...trusted]);
  }

  /**
   * What its sender counts under: its address, or of IPv6 the first 64 bits, since a customer gets all addresses of such a block.
   * `X-Forwarded-For` is read from its end, and only as far as trusted proxies have written it.
   */
  of(request: IncomingMessage): string {
    return normalise(this.#said(request));
  }

  /** The address itself, as a list of a sender's addresses has it. */
  peer(request: IncomingMessage): string {
    const said = this.#said(request);
    return isMapped(said) ? normalise(said) : said;
  }

  #said(request: IncomingMessage): string {
    const peer = request.socket.remoteAddress ?? '';
    if (request.headers['x-forwarded-for'] === undefined) return peer;
    const said = withoutPort(proxyAddr(request, this.#trusts));
    // A proxy may write "unknown", or what it likes.
    return isIP(said) === 0 ? peer : said;
  }

  /** Whether it comes from a proxy that is believed. */
  isTrusted({ socket }: IncomingMessage): boolean {
    return this.#trusts(socket.remoteAddress ?? '', 0);
  }

  /** Whether it says for whom it was sent on, and the sender is not one that is believed. */
  isForwardedInVain(request: IncomingMessage): boolean {
    return request.headers['x-forwarded-for'] !== undefined && !this.isTrusted(request);
  }
}

/** Some proxies write the port along, which is another for each connection. */
function withoutPort(address: string): string {
  return /^\[(?<inner>[^\]]+)\](?::\d+)?$/.exec(address)?.groups?.['inner'] ?? address.replace(/^([\d.]+):\d+$/, '$1');
}

function normalise(address: string): string {
  if (isIPv4(address) || !isIPv6(address)) return address;
  const groups = groupsOf(address);
  if (areMapped(groups)) {
    const [high = 0, low = 0] = groups.slice(6).map((group) => Number.parseInt(group, 16));
    return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
  }
  return `${groups.slice(0, 4).join(':')}::/64`;
}

function isMapped(address: string): boolean {
  return isIPv6(address) && areMapped(groupsOf(address));
}

/** A listener for both kinds sees IPv4 as ::ffff:1.2.3.4. */
function areMapped(groups: readonly string[]): boolean {
  return groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff';
}

/** Its eight groups, each without leading zeros. */
function groupsOf(address: string): readonly string[] {
  // A URL has but one way to write an address. A zone (%eth0) is of this machine, and not of the address.
  const { hostname } = new URL(`http://[${address.replace(/%.*$/, '')}]`);
  const [before = [], after = []] = hostname
    .slice(1, -1)
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after];
}
