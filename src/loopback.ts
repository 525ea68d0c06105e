import proxyAddr from 'proxy-addr';

/** Takes ::ffff:127.0.0.1, which a listener for both kinds of addresses sees, for what it is. */
const isLoopbackAddress = proxyAddr.compile('loopback');

/** Whether an address, or a HOST to listen on, is one that nothing but this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || isLoopbackAddress(host, 0);
}
