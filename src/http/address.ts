import type { IncomingMessage } from 'node:http';
import { isIP, isIPv4, isIPv6 } from 'node:net';
import proxyAddr from 'proxy-addr';

/** Finds the address that a request came from, as far as it can be believed. */
export class Addresses {
  readonly #trusts: (address: string, hop: number) => boolean;

  /** @param trusted proxies: addresses, networks, or `loopback`, `linklocal`, `uniquelocal`. */
  constructor(trusted: readonly string[]) {
    const trusts = proxyAddr.compile([...trusted]);
    this.#trusts = (address, hop) => trusts(withoutPort(address), hop);
  }

  /**
   * The key that its sender is counted under: its IPv4 address, or the first 64 bits of its IPv6 address, since a customer gets a whole
   * block. `X-Forwarded-For` is read from its end, and only as far as trusted proxies have written it.
   */
  of(request: IncomingMessage): string {
    return normalise(this.#said(request));
  }

  /** The whole address, as lists of a sender's addresses have it. */
  peer(request: IncomingMessage): string {
    const said = this.#said(request);
    return isMapped(said) ? normalise(said) : said;
  }

  #said(request: IncomingMessage): string {
    const peer = request.socket.remoteAddress ?? '';
    // The peer of a connection that was reset has no address any more.
    if (peer === '' || request.headers['x-forwarded-for'] === undefined) return peer;
    const said = withoutPort(proxyAddr(request, this.#trusts));
    // A proxy may write "unknown", or any text.
    return isIP(said) === 0 ? peer : said;
  }

  /** Whether the request comes from a trusted proxy. */
  isTrusted({ socket }: IncomingMessage): boolean {
    return this.#trusts(socket.remoteAddress ?? '', 0);
  }

  /** Whether the request comes from a trusted proxy that does not say for whom. */
  isForwardedForNobody(request: IncomingMessage): boolean {
    return request.headers['x-forwarded-for'] === undefined && this.isTrusted(request);
  }

  /** Whether the request has `X-Forwarded-For`, but does not come from a trusted proxy. */
  isForwardedInVain(request: IncomingMessage): boolean {
    return request.headers['x-forwarded-for'] !== undefined && !this.isTrusted(request);
  }
}

/** The address without a port. Some proxies write the port as well, which differs for each connection. */
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

/** Whether the groups are those of an IPv4 address. A listener for both kinds sees IPv4 as ::ffff:1.2.3.4. */
function areMapped(groups: readonly string[]): boolean {
  return groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff';
}

/** The eight groups of an IPv6 address, each without leading zeros. */
function groupsOf(address: string): readonly string[] {
  // URLs write an address in only one way. A zone (%eth0) belongs to this machine and not to the address.
  const { hostname } = new URL(`http://[${address.replace(/%.*$/, '')}]`);
  const [before = [], after = []] = hostname
    .slice(1, -1)
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after];
}
