import type { IncomingMessage, ServerResponse } from 'node:http';

/** Cookies that the gateway sets: that of a session, that of the session before it, and that of a sign-in at an identity provider. */
export type CookieName = 'session' | 'former' | 'sign-in';

export interface CookieOptions {
  readonly name: CookieName;
  /** Empty takes it away. */
  readonly value: string;
  /** Seconds. */
  readonly lasts: number;
  /** The origin of the page that it is for. */
  readonly origin: string;
}

/**
 * What it is called. With `__Host-`, browsers take it from this very host alone, over https, and for all of its paths: no other host of the
 * domain, and nobody who answers in its place without https, can give a visitor a session of their own choice. Cookies are not divided by
 * ports, so a port is in the name: two gateways on one machine would sign each other's visitors out.
 */
function nameOf(name: CookieName, isSecure: boolean, { headers }: IncomingMessage): string {
  const port = /:(\d{1,5})$/.exec(headers.host ?? '')?.[1];
  return `${isSecure ? '__Host-' : ''}hookcast-${name}${port === undefined ? '' : `-${port}`}`;
}

/** The cookie for pages of that origin. Undefined where there is none, or two that differ. */
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
 * No script reads it, and no page of another site has it sent. That of a sign-in is sent when the identity provider leads the browser back,
 * which comes from another site.
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
