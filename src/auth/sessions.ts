import { hash, randomBytes } from 'node:crypto';
import type { SessionConfig } from '../auth-config.ts';
import { HookcastError } from '../errors.ts';
import type { Token, TokenRecord } from '../events/token.ts';
import { scopeSets } from './authenticate.ts';
import type { Tokens } from './tokens.ts';
import type { Bearer } from './viewer.ts';

/** A session's id in the list of tokens begins with this. */
const PREFIX = 'session:';
/** `<random>.<the id of the token that it was begun with>`, both as base64url: a 256-bit secret, and up to 256 characters. */
const COOKIE = /^[\w-]{43}\.[\w-]{0,1368}$/;
/** How many characters of the hash are in a session's id. */
const HASHED = 22;
/** How many sessions one holder may begin in a day: each leaves a row in the log until it would have expired. */
const MOST_A_DAY = 200;
const DAY = 86_400_000;
/** The most characters of a session's name in the list. */
const LONGEST_LABEL = 100;

export interface SessionsOptions {
  readonly record: TokenRecord;
  readonly tokens: Tokens;
  /** Gives the settings as they are now. */
  readonly config: () => SessionConfig;
  /** Gives the names of the keys whose sessions count. */
  readonly keys: () => readonly string[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The viewer of a new session, and its latest end. */
export type Beginning = Pick<Bearer, 'tenants' | 'scopes' | 'holder' | 'tokenId' | 'key'> & {
  /** Null if only the settings end the session. */
  readonly expiresAt: number | null;
  /** The name that the list shows. */
  readonly label: string | null;
};

/**
 * Sessions of the gateway's own. A session is a row in the log's list of tokens, so that every gateway knows it and `hookcast
 * token revoke` ends it. The browser has a secret, and the row's id has only its hash: a reader of the log, or of a copy of it,
 * can't use the session. The hash also covers the id of the token that the session was begun with, so that a browser can't hide
 * that id, and with it the token's revocation. And it covers the name of the key that the token was checked with: once the key is
 * taken away, no session is found that somebody began with it. Otherwise a stolen key would be of use for as long as a session.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #toScopes = scopeSets();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /**
   * Makes a session that does not exist yet: `keep` begins it.
   *
   * @throws {HookcastError} TOO_MANY_REQUESTS, LOG_UNAVAILABLE.
   */
  async prepare(of: Beginning): Promise<{ readonly cookie: string; readonly token: Token }> {
    const { tokens, config, now } = this.#options;
    await tokens.look();
    const at = now();
    const begun = this.#of(of.holder).filter(({ issuedAt }) => (issuedAt ?? 0) > at - DAY).length;
    if (begun >= MOST_A_DAY) {
      throw new HookcastError(
        'TOO_MANY_REQUESTS',
        `${MOST_A_DAY} sessions were begun with this sign-in in the last 24 hours, which is the limit. Try again tomorrow.`,
      );
    }
    const cookie = `${randomBytes(32).toString('base64url')}.${Buffer.from(of.tokenId ?? '').toString('base64url')}`;
    const latest = at + config().longest;
    const token: Token = {
      id: idOf(of.holder, cookie, of.key),
      label: `session${of.label === null ? '' : ` of ${of.label}`}`.slice(0, LONGEST_LABEL),
      tenants: of.tenants ? [...of.tenants] : ['*'],
      scope: [...of.scopes].join(' '),
      issuedAt: at,
      expiresAt: of.expiresAt === null ? latest : Math.min(of.expiresAt, latest),
      revokedAt: null,
      usedAt: null,
    };
    return { cookie: `${of.holder}.${cookie}`, token };
  }

  /** Begins a session. @throws {HookcastError} LOG_UNAVAILABLE. */
  async keep(token: Token): Promise<void> {
    await this.#options.record.keep(token);
    await this.#options.tokens.look();
  }

  /**
   * The viewer of a session.
   *
   * @throws {HookcastError} UNAUTHENTICATED, TOKEN_EXPIRED, TOKEN_REVOKED, or LOG_UNAVAILABLE if the log has to be asked and can't be.
   */
  async check(text: string): Promise<Bearer> {
    const { tokens, config, keys, now } = this.#options;
    const { holder, cookie } = partsOf(text);
    const ids = keys().map((key) => ({ key, id: idOf(holder, cookie, key) }));
    const find = () => ids.find(({ id }) => tokens.find(id));
    // Another gateway may have begun the session just now.
    if (!find()) await tokens.look();
    const found = find();
    if (!found) throw unknownSession();
    const { id, key } = found;
    const isIdle = () => {
      const token = tokens.find(id);
      return token !== null && now() - tokens.lastUse(token) > config().idle;
    };
    // The session may have been used at another gateway since.
    if (isIdle()) await tokens.reread();
    const token = tokens.find(id);
    if (!token) throw unknownSession();
    const expiresAt = token.expiresAt ?? 0;
    if (expiresAt <= now() || isIdle())
      throw new HookcastError('TOKEN_EXPIRED', 'The session has ended. Sign in again.');
    const tenants = token.tenants ?? [];
    return tokens.admit({
      tenants: tenants.includes('*') ? null : new Set(tenants),
      scopes: this.#toScopes((token.scope ?? '').split(' ')),
      expiresAt,
      holder,
      tokenId: id,
      parentId: parentOf(cookie),
      key,
    });
  }

  /** Ends a session. @throws {HookcastError} LOG_UNAVAILABLE, and then it has not ended. */
  async end({ tokenId }: Pick<Bearer, 'tokenId'>): Promise<void> {
    const { record, tokens, now } = this.#options;
    if (tokenId === null || !tokenId.startsWith(PREFIX)) return;
    await record.revoke(tokenId, now());
    await tokens.look();
  }

  /** A holder's sessions that are neither ended nor revoked. */
  running(holder: string): readonly Token[] {
    const { now } = this.#options;
    return this.#of(holder).filter(({ revokedAt, expiresAt }) => revokedAt === null && (expiresAt ?? 0) > now());
  }

  #of(holder: string): readonly Token[] {
    const prefix = `${PREFIX}${holder}:`;
    return [...this.#options.tokens.all()].filter(({ id }) => id.startsWith(prefix));
  }
}

function idOf(holder: string, cookie: string, key: string): string {
  return `${PREFIX}${holder}:${hash('sha256', `${holder}.${cookie}.${key}`, 'base64url').slice(0, HASHED)}`;
}

/** @throws {HookcastError} UNAUTHENTICATED if the text is no session cookie of this gateway's form. */
function partsOf(text: string): { readonly holder: string; readonly cookie: string } {
  const dot = text.indexOf('.');
  const [holder, cookie] = [text.slice(0, dot), text.slice(dot + 1)];
  if (/^[\w-]{43}$/.test(holder) && COOKIE.test(cookie)) return { holder, cookie };
  throw unknownSession();
}

function unknownSession(): HookcastError {
  return new HookcastError('UNAUTHENTICATED', 'This gateway does not know the session. Sign in again.');
}

function parentOf(cookie: string): string | null {
  return Buffer.from(cookie.slice(cookie.indexOf('.') + 1), 'base64url').toString() || null;
}
