import type { IncomingMessage, ServerResponse } from 'node:http';

/** Cookies that the gateway sets: of a session, of the session before it, and of a sign-in at an identity provider. */
export type CookieName = 'session' | 'former' | 'sign-in';

export interface CookieOptions {
  readonly name: CookieName;
  /** An empty value removes the cookie. */
  readonly value: string;
  /** In seconds. */
  readonly lasts: number;
  /** The origin of the page that uses the cookie. */
  readonly origin: string;
}

/**
 * The cookie's name. With `__Host-`, browsers take it only from this host, over https, and for all of its paths. So neither another host of
 * the domain, nor somebody who answers in its place without https, can give a visitor a session of their own choice. All ports of a host
 * share cookies, so the port is in the name: two gateways on one machine would otherwise sign each other's visitors out.
 */
function nameOf(name: CookieName, isSecure: boolean, { headers }: IncomingMessage): string {
  const port = /:(\d{1,5})$/.exec(headers.host ?? '')?.[1];
  return `${isSecure ? '__Host-' : ''}hookcast-${name}${port === undefined ? '' : `-${port}`}`;
}

/** The cookie for pages of that origin. Undefined if there is none, or if there are two that differ. */
export function readCookie(request: IncomingMessage, name: CookieName, origin: string): string | undefined {
  const wanted = nameOf(name, isSecure(origin), request);
  const values = (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim().split('='))
    .filter(([called]) => called === wanted)
    .map(([, value = '']) => value);
  return new Set(values).size === 1 ? values[0] : undefined;
}

/**
 * Sets a cookie that no script can read, and that is not sent with requests from another site. Only the cookie of a sign-in is sent when
 * the identity provider, which is another site, leads the browser back.
 */
export function setCookie(response: ServerResponse, { name, value, lasts, origin }: CookieOptions): void {
  const attributes = [
    `${nameOf(name, isSecure(origin), response.req)}=${value}`,
    'Path=/',
    `Max-Age=${value === '' ? 0 : Math.ceil(lasts)}`,
    'HttpOnly',
    `SameSite=${name === 'sign-in' ? 'Lax' : 'Strict'}`,
    ...(isSecure(origin) ? ['Secure'] : []),
  ];
  response.appendHeader('set-cookie', attributes.join('; '));
}

export function clearCookie(response: ServerResponse, name: CookieName, origin: string): void {
  setCookie(response, { name, value: '', lasts: 0, origin });
}

function isSecure(origin: string): boolean {
  return origin.startsWith('https:');
}
