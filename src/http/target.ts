import type { IncomingMessage } from 'node:http';

const ABSOLUTE = /^https?:\/\/(?:[^/?#]*@)?([^/?#@]*)(.*)$/i;

/**
 * Turns a target in absolute form (`POST https://gateway/webhooks/eduzz HTTP/1.1`) into a path, for all code that reads the request
 * afterwards. Some clients send this form if they know of a proxy, and a server has to take it. Its host replaces the header Host
 * (RFC 9112, section 3.2.2).
 */
export function takeAbsoluteForm(request: IncomingMessage): void {
  if (request.url?.startsWith('/') !== false) return;
  const [, host, rest = ''] = ABSOLUTE.exec(request.url) ?? [];
  if (!host) return;
  request.headers.host = host;
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
}

/**
 * Whether the request names its host twice. Such a request must be refused (RFC 9112, section 3.2): the proxy in front may have gone by the
 * other of the two.
 */
export function hasTwoHosts({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}
