import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../loopback.ts';

const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;
/**
 * Headers that a browser sends when it asks for a page. Each proxy and tunnel adds headers of its own (Forwarded, Via,
 * X-Forwarded-For, CF-Ray, Tailscale-User-Login, traceparent …). So a request with any other header came through one of them.
 * Prometheus, which reads the metrics, sends a header that says how long it waits.
 */
const A_BROWSERS =
  /^(?:host|connection|keep-alive|user-agent|accept(?:-.*)?|sec-.*|upgrade-insecure-requests|cookie|referer|cache-control|pragma|if-.*|priority|dnt|te|save-data|x-prometheus-scrape-timeout-seconds)$/;

/**
 * Whether the request comes from this machine itself: the peer is loopback and no proxy on loopback, and the host's name is this
 * machine's, and none that another's DNS points here (DNS rebinding).
 */
export function isFromHere({ headers, socket }: IncomingMessage): boolean {
  const isHere = LOCAL.test(headers.host ?? '') && isLoopback(socket.remoteAddress ?? '');
  return isHere && Object.keys(headers).every((name) => A_BROWSERS.test(name));
}
