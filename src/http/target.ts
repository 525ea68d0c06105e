import type { IncomingMessage } from 'node:http';

const ABSOLUTE = /^https?:\/\/(?:[^/?#]*@)?([^/?#@]*)(.*)$/i;

/**
 * Turns a target in absolute form (`POST https://gateway/webhooks/eduzz HTTP/1.1`) into a path, for the code that looks at the
 * request afterwards. Some clients send that when they know of a proxy, and a server has to take it. What it says of the host
 * counts for more than the header Host (RFC 9112, section 3.2.2).
 */
export function takeAbsoluteForm(request: IncomingMessage): void {
  if (request.url?.startsWith('/') !== false) return;
  const [, host, rest = ''] = ABSOLUTE.exec(request.url) ?? [];
  if (!host) return;
  request.headers.host = host;
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
}
