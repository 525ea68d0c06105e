import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../loopback.ts';

const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;
/**
 * What a browser sends with a page that it asks for. Each proxy and tunnel adds headers of its own (Forwarded, Via,
 * X-Forwarded-For, CF-Ray, Tailscale-User-Login, traceparent …), so a request with any other header came by way of one.
 * Prometheus, which reads the metrics, says how long it waits.
 */
const A_BROWSERS =
  /^(?:host|connection|keep-alive|user-agent|accept(?:-.*)?|sec-.*|upgrade-insecure-requests|cookie|referer|cache-control|pragma|if-.*|priority|dnt|te|save-data|x-prometheus-scrape-timeout-seconds)$/;

/**
 * Whether somebody at this very machine asks: the peer is loopback and not a proxy on loopback, and the name that is asked
 * for is this machine's, and not one that somebody else's DNS points here (DNS rebinding).
 */
export function isFromHere({ headers, socket }: IncomingMessage): boolean {
  const isHere = LOCAL.test(headers.host ?? '') && isLoopback(socket.remoteAddress ?? '');
  return isHere && Object.keys(headers).every((name) => A_BROWSERS.test(name));
}
