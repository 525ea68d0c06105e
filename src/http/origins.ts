import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { HookcastError } from '../errors.ts';
import type { Addresses } from './address.ts';
import { Hint } from './hint.ts';

const NOT_TRUSTED =
  "a page that seems to be the gateway's own was refused: its proxy names the host in X-Forwarded-Host, but TRUST_PROXY does not name the proxy";
const OTHER_PORT =
  "a page that seems to be the gateway's own was refused: its proxy passes Host on without the port, or with another. docs/PROXIES.md has the setting";
const FOREIGN =
  "a page was refused: its origin is not the gateway's own (if it should be, the proxy does not pass Host on, see docs/PROXIES.md), and ALLOWED_ORIGINS does not name it";

export interface OriginsOptions {
  /** Allowed origins besides the gateway's own. `*` means any. */
  readonly allowed: readonly string[];
  readonly addresses: Addresses;
  readonly logger: Logger;
}

/**
 * Decides which pages may call. Browsers make no preflight request before they open a WebSocket, so the gateway has to check. A
 * client that is no browser sends no origin, and is let in. A page in a sandbox sends `null`, which counts as no page's origin.
 */
export class Origins {
  readonly #options: OriginsOptions;
  readonly #ofProxies: Hint;
  readonly #ofOthers: Hint;

  constructor(options: OriginsOptions) {
    this.#options = options;
    this.#ofProxies = new Hint(options.logger);
    this.#ofOthers = new Hint(options.logger);
  }

  /** @throws {HookcastError} ORIGIN_NOT_ALLOWED if the page is neither the gateway's own nor allowed. */
  check(request: IncomingMessage): void {
    const { allowed } = this.#options;
    const { origin } = request.headers;
    if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return;
    if (this.#isOwn(request, origin)) return;
    this.#explain(request, origin);
    throw new HookcastError(
      'ORIGIN_NOT_ALLOWED',
      "This origin may not call this gateway. If it is the gateway's own, the proxy in front must pass the Host header on, with its port. If it is another, ALLOWED_ORIGINS must name it.",
    );
  }

  /** The origin of the gateway's own page, as the browser sends it. Null for any other page, and for a client that is no browser. */
  own(request: IncomingMessage): string | null {
    const { origin } = request.headers;
    return origin !== undefined && this.#isOwn(request, origin) ? origin : null;
  }

  #isOwn(request: IncomingMessage, origin: string): boolean {
    const { headers } = request;
    // Sec-Fetch-Site is not used: Chromium 153 sends it with a fetch but not with a WebSocket, so only half of the console would work.
    if (isAt(origin, headers.host)) return true;
    return this.#options.addresses.isTrusted(request) && isAtForwarded(origin, headers);
  }

  /** Logs why. The answer does not name hosts, which may be internal names. */
  #explain({ headers }: IncomingMessage, origin: string): void {
    const fields = { origin: origin.slice(0, 200), host: headers.host?.slice(0, 200) };
    if (isAtForwarded(origin, headers)) {
      this.#ofProxies.give({ ...fields, setting: 'TRUST_PROXY' }, NOT_TRUSTED);
    } else if (hostname(origin) !== '' && hostname(origin) === hostname(`http://${headers.host}`)) {
      this.#ofProxies.give(fields, OTHER_PORT);
    } else this.#ofOthers.give({ ...fields, setting: 'ALLOWED_ORIGINS' }, FOREIGN);
  }
}

/** Whether the origin has this host and port. The scheme's default port may be written or left out. */
function isAt(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const { protocol, host: own } = new URL(origin);
  // The host of an app's own page (`capacitor://localhost`) is no host in a network.
  return (
    /^https?:$/.test(protocol) &&
    own !== '' &&
    URL.canParse(`${protocol}//${host}`) &&
    new URL(`${protocol}//${host}`).host === own
  );
}

/** Whether the origin has the host and port that a proxy says it was asked for, in any of the headers that proxies use. */
function isAtForwarded(origin: string, headers: IncomingHttpHeaders): boolean {
  const host = first(headers['x-forwarded-host']) ?? hostIn(headers.forwarded) ?? headers.host;
  const port = first(headers['x-forwarded-port']);
  return isAt(origin, host) || (port !== undefined && isAt(origin, `${host?.replace(/:\d+$/, '')}:${port}`));
}

/** The first value. If there are several proxies, the one that the client spoke to wrote it. Proxies may write an empty one. */
function first(header: string | string[] | undefined): string | undefined {
  return header
    ?.toString()
    .split(',')
    .map((value) => value.trim())
    .find((value) => value !== '');
}

/** One pair of RFC 7239, and what is behind it: `for=192.0.2.60;proto=https;host="example.com:8443", for="[2001:db8::1]"`. */
const PAIR = /\s*([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*))\s*(?:[,;]\s*|$)/gy;

/** The first host. Not each proxy of several says one. */
function hostIn(forwarded = ''): string | undefined {
  for (const [, name = '', quoted, plain] of forwarded.matchAll(PAIR)) {
    const host = quoted ?? plain ?? '';
    if (name.toLowerCase() === 'host' && host !== '') return host;
  }
  return undefined;
}

function hostname(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}
