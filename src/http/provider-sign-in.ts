import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Attempt, IdentityProvider } from '../auth/identity-provider.ts';
import { HookcastError, forLog, toHookcastError } from '../errors.ts';
import type { Rates } from '../tallies/tallies.ts';
import type { Addresses } from './address.ts';
import { sendJson } from './problem.ts';
import { clearCookie, readCookie, setCookie } from './session-cookie.ts';
import type { SignIns, SignInOptions } from './sign-in.ts';

/** How long somebody may take to sign in at the provider, in seconds. */
const PATIENCE = 600;
/** `<random>.<seconds since 1970>.<the page's origin as base64url>` */
const COOKIE = /^[\w-]{43}\.\d{1,12}\.[\w-]{1,400}$/;
const CALLBACK = '/console/callback';

/** Why a sign-in failed, as the console is told. */
type Refusal = 'refused' | 'again' | 'nothing' | 'unavailable';

/** How many codes of an address are redeemed in a second. */
export const CODES_OF_ADDRESS = 10;

export interface ProviderSignInOptions extends Pick<SignInOptions, 'onSignIn' | 'now'> {
  readonly signIns: Pick<SignIns, 'requireOwn' | 'setAside' | 'start'>;
  readonly provider: () => Pick<IdentityProvider, 'address' | 'redeem'> | null;
  readonly addresses: Pick<Addresses, 'of'>;
  /** How often an address may have a code redeemed. */
  readonly rates: Pick<Rates, 'take'>;
  readonly logger: Logger;
}

/**
 * Signs people in at the identity provider. The values of a sign-in are made of one secret, in a cookie of the browser that began it.
 * So no gateway has to remember anything, and an answer of the provider to somebody else's sign-in is of no use in this browser.
 */
export class ProviderSignIn {
  readonly #options: ProviderSignInOptions;

  constructor(options: ProviderSignInOptions) {
    this.#options = options;
  }

  /** `POST /console/provider`: answers the address to which the page goes. */
  async begin(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { signIns, now } = this.#options;
    const origin = signIns.requireOwn(request);
    const seconds = Math.floor(now() / 1000);
    const value = `${randomBytes(32).toString('base64url')}.${seconds}.${Buffer.from(origin).toString('base64url')}`;
    const attempt = attemptOf(value, origin);
    const challenge = hash('sha256', attempt.verifier, 'base64url');
    const address = await this.#provider().address(attempt, stateOf(value), challenge);
    setCookie(response, { name: 'sign-in', value, lasts: PATIENCE, origin });
    // The browser is led back from another site, and does not send the cookie of its session along then.
    signIns.setAside(request, response, { origin, lasts: PATIENCE });
    sendJson(response, 200, { address });
  }

  /**
   * `GET /console/callback`, to which the provider leads the browser back. From here it always goes on to the console: no request can
   * name another address.
   */
  async end(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { onSignIn } = this.#options;
    const refusal = await this.#redeem(request, response).catch((error: unknown) => this.#refusalOf(error));
    onSignIn('provider', refusal ?? 'ok');
    response.writeHead(303, {
      location: refusal === null ? '/console' : `/console#sign-in=${refusal}`,
      // The address contains the code.
      'referrer-policy': 'no-referrer',
      'content-length': 0,
    });
    response.end();
  }

  async #redeem(request: IncomingMessage, response: ServerResponse): Promise<Refusal | null> {
    const { signIns, addresses, rates, now } = this.#options;
    const search = new URLSearchParams(request.url?.split('?')[1] ?? '');
    const began = beganIn(request);
    if (!began) return 'again';
    const { value, origin, seconds } = began;
    // The cookie is good for only one answer, of whatever kind.
    clearCookie(response, 'sign-in', origin);
    const isOver = Math.abs(now() / 1000 - seconds) > PATIENCE;
    if (isOver || !isEqual(search.get('state') ?? '', stateOf(value))) return 'again';
    const error = search.get('error');
    if (error !== null) return this.#told(error);
    const [code, issuer] = [search.get('code'), search.get('iss')];
    if (!code) return 'again';
    // Anybody can begin a sign-in and invent its answer, and for each code the gateway asks the provider.
    if (!rates.take(addresses.of(request))) return 'unavailable';
    const of = await this.#provider().redeem({ code, issuer }, attemptOf(value, origin));
    await signIns.start(request, response, { origin, of });
    return null;
  }

  /** Handles an error that the provider sent in place of a code. Only words in the form of OAuth's (RFC 6749, section 4.1.2.1) are logged. */
  #told(error: string): Refusal {
    const { logger } = this.#options;
    logger.warn({ error: /^[a-z_]{1,40}$/.test(error) ? error : 'another' }, 'the identity provider refused a sign-in');
    return error === 'temporarily_unavailable' || error === 'server_error' ? 'unavailable' : 'refused';
  }

  #refusalOf(thrown: unknown): Refusal {
    const error = toHookcastError(thrown);
    this.#options.logger[error.code === 'INTERNAL' ? 'error' : 'warn'](forLog(thrown), 'a sign-in failed');
    if (error.code === 'UNAUTHENTICATED' || error.code === 'TOKEN_REVOKED') return 'nothing';
    return error.code === 'TOKEN_EXPIRED' ? 'again' : 'unavailable';
  }

  /** @throws {HookcastError} NOT_FOUND */
  #provider(): Pick<IdentityProvider, 'address' | 'redeem'> {
    const provider = this.#options.provider();
    if (provider) return provider;
    throw new HookcastError('NOT_FOUND', 'No identity provider is set here (OIDC_ISSUER). Sign in with a token.');
  }
}

interface Began {
  readonly value: string;
  readonly seconds: number;
  readonly origin: string;
}

/**
 * The sign-in that the browser began. Its cookie says for which origin, and must have the name of a cookie for that origin: a cookie
 * without `__Host-` can't begin a sign-in for a page with https.
 */
function beganIn(request: IncomingMessage): Began | null {
  for (const scheme of ['https:', 'http:']) {
    const value = readCookie(request, 'sign-in', scheme);
    if (value === undefined || !COOKIE.test(value)) continue;
    const [, seconds = '', encoded = ''] = value.split('.');
    const origin = Buffer.from(encoded, 'base64url').toString();
    if (origin.startsWith(`${scheme}//`)) return { value, seconds: Number(seconds), origin };
  }
  return null;
}

/** The provider and the address see only this hash of the cookie, from which the other values can't be found. */
function stateOf(value: string): string {
  return hash('sha256', `state ${value}`, 'base64url');
}

function attemptOf(value: string, origin: string): Attempt {
  return {
    redirectUri: `${origin}${CALLBACK}`,
    verifier: hash('sha256', `verifier ${value}`, 'base64url'),
    nonce: hash('sha256', `nonce ${value}`, 'base64url'),
  };
}

function isEqual(one: string, other: string): boolean {
  return timingSafeEqual(hash('sha256', one, 'buffer'), hash('sha256', other, 'buffer'));
}
