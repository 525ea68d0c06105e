import type { IncomingMessage, ServerResponse } from 'node:http';

/** Names of headers that authenticate deliveries: `x-signature`, `x-shopify-hmac-sha256`, `x-gitlab-token`, … */
const SIGNS = /sig|hmac|digest|token|secret|^authorization$/;

/**
 * Whether a request only asks if there is a server at the URL, as platforms do before they accept it as an endpoint: GET, HEAD,
 * or an empty POST.
 *
 * If it has a signature, then it is no check but a delivery whose body was lost on the way, mostly by a redirect after which the
 * sender uses GET. An answer of 200 would make the sender believe that the delivery was taken.
 *
 * @param length of the body, in bytes.
 */
export function isUrlCheck({ method, headers }: IncomingMessage, length: number): boolean {
  const asksNothing = method === 'GET' || method === 'HEAD' || (method === 'POST' && length === 0);
  return asksNothing && !Object.keys(headers).some((name) => SIGNS.test(name));
}

/** Answers that there is a server, and nothing else. */
export function answerUrlCheck(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': 0, connection: 'close' }).end();
}
