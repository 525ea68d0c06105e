import type { IncomingMessage, ServerResponse } from 'node:http';

/** Names of headers that a delivery is authenticated by: `x-signature`, `x-shopify-hmac-sha256`, `x-gitlab-token`, … */
const SIGNS = /sig|hmac|digest|token|secret|^authorization$/;

/**
 * Whether a request only asks if there is anybody at the URL, as platforms do before they take it for an endpoint: GET, HEAD,
 * or a POST of nothing.
 *
 * One with a signature is none. It is a delivery whose body was lost on the way, mostly by a redirect after which its sender
 * asks with GET: an answer of 200 would make the sender believe that it was taken.
 *
 * @param length of the body, in bytes.
 */
export function isUrlCheck({ method, headers }: IncomingMessage, length: number): boolean {
  const asksNothing = method === 'GET' || method === 'HEAD' || (method === 'POST' && length === 0);
  return asksNothing && !Object.keys(headers).some((name) => SIGNS.test(name));
}

/** Says that there is somebody, and nothing else. */
export function answerUrlCheck(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': 0, connection: 'close' }).end();
}
