import type { IncomingMessage } from 'node:http';

/**
 * Whether the page that asks may: browsers ask nobody before they open a WebSocket. Besides those that are named, the
 * gateway's own; whatever is no browser says no origin. `null`, which a page in a sandbox says, is nobody's.
 */
export function isAllowedOrigin({ headers }: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin, host = '' } = headers;
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true;
  if (!URL.canParse(origin)) return false;
  const { protocol, host: own } = new URL(origin);
  // By way of a URL, so that the port that goes without saying may be said.
  return URL.canParse(`${protocol}//${host}`) && own !== '' && new URL(`${protocol}//${host}`).host === own;
}
