import proxyAddr from 'proxy-addr';

/** Also knows ::ffff:127.0.0.1, which a listener for IPv4 and IPv6 sees. */
const isLoopbackAddress = proxyAddr.compile('loopback');

/** Whether only this machine can reach an address, or a HOST to listen on. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || isLoopbackAddress(host, 0);
}
