import type { IncomingMessage, ServerResponse } from 'node:http';
import { decodeJwt } from 'jose/jwt/decode';
import { z } from 'zod';
import type { Audit } from '../auth/audit.ts';
import type { IdentityProvider } from '../auth/identity-provider.ts';
import type { Beginning, Sessions } from '../auth/sessions.ts';
import type { SignIn } from '../auth/sign-in.ts';
import type { Bearer } from '../auth/viewer.ts';
import { HookcastError, toHookcastError } from '../errors.ts';
import type { Observer } from '../events/observer.ts';
import type { Bodies } from './bodies.ts';
import type { Origins } from './origins.ts';
import { sendJson } from './problem.ts';
import { clearCookie, readCookie, setCookie } from './session-cookie.ts';

export interface SignInOptions {
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  /** Gives the identity provider. Null if none is set. */
  readonly provider: () => Pick<IdentityProvider, 'config'> | null;
  readonly origins: Origins;
  readonly bodies: Bodies;
  readonly audit: Pick<Audit, 'did'>;
  readonly onSignIn: Observer['onSignIn'];
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const asked = z.object({ token: z.string().min(1) });

/** The names of operations on sessions in the audit. */
const SIGN_IN = 'sign in';
const SIGN_OUT = 'sign out';
const EVERYWHERE = 'sign out everywhere';

/** Begins and ends the sessions of pages. */
export class SignIns {
  readonly #options: SignInOptions;

  constructor(options: SignInOptions) {
    this.#options = options;
  }

  /** `POST /console/session`: begins a session with the token in the body. */
  async begin(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { signIn, onSignIn } = this.#options;
    const origin = this.requireOwn(request);
    const token = await this.#tokenIn(request);
    try {
      const bearer = await signIn({ authorization: `Bearer ${token}` });
      const label = decodeJwt(token).sub ?? null;
      const session = await this.start(request, response, { origin, of: { ...bearer, label } });
      onSignIn('token', 'ok');
      sendJson(response, 200, { session: described(session), ...this.#ways() });
    } catch (error) {
      onSignIn('token', toHookcastError(error).code.toLowerCase());
      throw error;
    }
  }

  /** `PUT /console/session`: who is signed in, and how one can sign in. It counts as use of the session, and ends the former one. */
  async look(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const origin = this.requireOwn(request);
    const found = await this.#current(request, origin);
    // If that fails, the former session's cookie stays, and the next call tries again.
    if (found !== null && found !== 'ended') await this.#endFormer(request, response, origin).catch(() => {});
    // The cookie stays even if its session has ended: another tab may get a new one at this moment, which this answer would remove.
    const session = found === 'ended' || found === null ? null : described(found);
    sendJson(response, 200, { session, hasEnded: found === 'ended', ...this.#ways() });
  }

  /** `DELETE /console/session`: ends the session, and removes its cookie. */
  async end(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const origin = this.requireOwn(request);
    const found = await this.#current(request, origin);
    if (found !== null && found !== 'ended') await this.#end(found, found.tokenId!, SIGN_OUT);
    await this.#endFormer(request, response, origin);
    clearCookie(response, 'session', origin);
    response.writeHead(204).end();
  }

  /** `DELETE /console/sessions`: ends all sessions of the person, in all browsers. */
  async endAll(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { sessions } = this.#options;
    const origin = this.requireOwn(request);
    const found = await this.#current(request, origin);
    if (found === null || found === 'ended') throw new HookcastError('UNAUTHENTICATED', 'There is no session.');
    const running = sessions.running(found.holder);
    for (const { id } of running) await this.#end(found, id, EVERYWHERE);
    await this.#endFormer(request, response, origin);
    clearCookie(response, 'session', origin);
    sendJson(response, 200, { ended: running.length });
  }

  /**
   * Begins a session in this browser, in place of the one that it has. So a cookie that an attacker put there before is of no use
   * afterwards (session fixation). The former session ends when the browser shows the new one, and not here: if the page is left
   * meanwhile, the browser drops this answer with its cookie, and would be left with a session that has ended.
   */
  async start(
    request: IncomingMessage,
    response: ServerResponse,
    { origin, of }: { readonly origin: string; readonly of: Beginning },
  ): Promise<Bearer> {
    const { sessions, audit, now } = this.#options;
    const { cookie, token } = await sessions.prepare(of);
    // If it can't be recorded in the audit, then no session begins.
    await audit.did({ tokenId: of.tokenId, holder: of.holder }, SIGN_IN, 'ISSUE', token.id);
    await sessions.keep(token);
    const session = await sessions.check(cookie);
    const lasts = (session.expiresAt - now()) / 1000;
    setCookie(response, { name: 'session', value: cookie, lasts, origin });
    // If a page was left before it showed its new session, a former one is still noted. No page needs it, so it ends now.
    await this.#endFormer(request, response, origin).catch(() => {});
    this.setAside(request, response, { origin, lasts });
    return session;
  }

  /** Notes the browser's present session in a cookie of the browser, so that it can be ended once another one has replaced it. */
  setAside(
    request: IncomingMessage,
    response: ServerResponse,
    { origin, lasts }: { readonly origin: string; readonly lasts: number },
  ): void {
    const value = readCookie(request, 'session', origin);
    if (value) setCookie(response, { name: 'former', value, lasts, origin });
  }

  /** @throws {HookcastError} ORIGIN_NOT_ALLOWED unless a page of the gateway's own asks. */
  requireOwn(request: IncomingMessage): string {
    const origin = this.#options.origins.own(request);
    if (origin !== null) return origin;
    throw new HookcastError(
      'ORIGIN_NOT_ALLOWED',
      "Only the gateway's own pages sign in and out here. If this is one of them, the proxy in front must pass Host and Origin on.",
    );
  }

  /** The browser's session: 'ended' if its cookie is no session any more, null without a cookie. @throws {HookcastError} LOG_UNAVAILABLE */
  async #current(request: IncomingMessage, origin: string): Promise<Bearer | 'ended' | null> {
    const session = readCookie(request, 'session', origin);
    return session === undefined ? null : this.#check(session);
  }

  async #check(session: string): Promise<Bearer | 'ended'> {
    try {
      return await this.#options.sessions.check(session);
    } catch (error) {
      if (error instanceof HookcastError && ENDED.includes(error.code)) return 'ended';
      throw error;
    }
  }

  /** Ends the session that another one has replaced. If somebody turned back at the identity provider, they still have it, and it stays. */
  async #endFormer(request: IncomingMessage, response: ServerResponse, origin: string): Promise<void> {
    const former = readCookie(request, 'former', origin);
    if (former === undefined) return;
    const found = former === readCookie(request, 'session', origin) ? 'ended' : await this.#check(former);
    if (found !== 'ended') await this.#end(found, found.tokenId!, SIGN_IN);
    clearCookie(response, 'former', origin);
  }

  async #end(who: Bearer, id: string, operation: string): Promise<void> {
    const { sessions, audit } = this.#options;
    await audit.did(who, operation, 'REVOKE', id);
    await sessions.end({ tokenId: id });
  }

  #ways() {
    const provider = this.#options.provider();
    return { provider: provider && { name: provider.config.name } };
  }

  /** @throws {HookcastError} UNSUPPORTED_MEDIA_TYPE, BAD_REQUEST, or as `Bodies.read`. */
  async #tokenIn(request: IncomingMessage): Promise<string> {
    if (!/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
      throw new HookcastError('UNSUPPORTED_MEDIA_TYPE', 'Send {"token": …} as application/json.');
    }
    const body = await this.#options.bodies.read(request);
    const parsed = asked.safeParse(jsonOf(body));
    if (parsed.success) return parsed.data.token;
    throw new HookcastError('BAD_REQUEST', 'Send {"token": …}: the token to sign in with.');
  }
}

const ENDED: readonly string[] = ['UNAUTHENTICATED', 'TOKEN_EXPIRED', 'TOKEN_REVOKED'];

/** The session as its page is told of it. The id tells sessions apart, and is no secret. */
function described({ tokenId, tenants, scopes, expiresAt }: Bearer) {
  return {
    id: tokenId!.slice(tokenId!.lastIndexOf(':') + 1),
    tenants: tenants && [...tenants],
    scopes: [...scopes],
    expiresAt: new Date(expiresAt).toISOString(),
  };
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
