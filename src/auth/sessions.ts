import { hash, randomBytes } from 'node:crypto';
import type { SessionConfig } from '../auth-config.ts';
import { HookcastError } from '../errors.ts';
import type { Token, TokenRecord } from '../events/token.ts';
import { scopeSets } from './authenticate.ts';
import type { Tokens } from './tokens.ts';
import type { Bearer } from './viewer.ts';

/** What the id of a session begins with, in the list of tokens. */
const PREFIX = 'session:';
/** `<random>.<the id of the token that it was begun with>`, both as base64url: of a 256-bit secret, and of up to 256 characters. */
const COOKIE = /^[\w-]{43}\.[\w-]{0,1368}$/;
/** Characters of the hash in a session's id. */
const HASHED = 22;
/** Sessions that one holder may begin in a day: each leaves a row in the log until it would have expired. */
const MOST_A_DAY = 200;
const DAY = 86_400_000;
/** Characters of the name of a session in the list. */
const LONGEST_LABEL = 100;

export interface SessionsOptions {
  readonly record: TokenRecord;
  readonly tokens: Tokens;
  /** Those of the settings as they are now. */
  readonly config: () => SessionConfig;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Whom a session is for, and for how long at most. */
export type Beginning = Pick<Bearer, 'tenants' | 'scopes' | 'holder' | 'tokenId'> & {
  /** Null where nothing but the settings ends it. */
  readonly expiresAt: number | null;
  /** The name that the list shows. */
  readonly label: string | null;
};

/**
 * Sessions of the gateway's own. A session is a row in the log's list of tokens, so that every gateway knows it and `hookcast
 * token revoke` ends it. The browser has a secret, of which the row's id has only a hash: a reader of the log, or of a copy of
 * it, can't use it. The hash is made over the id of the token that the session was begun with as well, so that nobody can cut a
 * session off from that token.
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
        `${MOST_A_DAY} sessions were begun with this sign-in in the last 24 hours, and no more may be. Try again tomorrow.`,
      );
    }
    const cookie = `${randomBytes(32).toString('base64url')}.${Buffer.from(of.tokenId ?? '').toString('base64url')}`;
    const latest = at + config().longest;
    const token: Token = {
      id: idOf(of.holder, cookie),
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
   * Whose session it is.
   *
   * @throws {HookcastError} UNAUTHENTICATED, TOKEN_EXPIRED, TOKEN_REVOKED, or LOG_UNAVAILABLE when what is known is not enough.
   */
  async check(text: string): Promise<Bearer> {
    const { tokens, config, now } = this.#options;
    const { holder, cookie } = partsOf(text);
    const id = idOf(holder, cookie);
    // Another gateway may have begun it just now.
    if (!tokens.find(id)) await tokens.look();
    const isIdle = () => {
      const token = tokens.find(id);
      return token !== null && now() - tokens.lastUse(token) > config().idle;
    };
    // Another gateway may have seen it since.
    if (isIdle()) await tokens.reread();
    const token = tokens.find(id);
    if (!token) throw new HookcastError('UNAUTHENTICATED', 'The session is not known here. Sign in again.');
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
    });
  }

  /** Ends one. @throws {HookcastError} LOG_UNAVAILABLE: it would not have ended. */
  async end({ tokenId }: Pick<Bearer, 'tokenId'>): Promise<void> {
    const { record, tokens, now } = this.#options;
    if (tokenId === null || !tokenId.startsWith(PREFIX)) return;
    await record.revoke(tokenId, now());
    await tokens.look();
  }

  /** The sessions of a holder that can be used. */
  running(holder: string): readonly Token[] {
    const { now } = this.#options;
    return this.#of(holder).filter(({ revokedAt, expiresAt }) => revokedAt === null && (expiresAt ?? 0) > now());
  }

  #of(holder: string): readonly Token[] {
    const prefix = `${PREFIX}${holder}:`;
    return [...this.#options.tokens.all()].filter(({ id }) => id.startsWith(prefix));
  }
}

function idOf(holder: string, cookie: string): string {
  return `${PREFIX}${holder}:${hash('sha256', `${holder}.${cookie}`, 'base64url').slice(0, HASHED)}`;
}

/** @throws {HookcastError} UNAUTHENTICATED when it is none of ours. */
function partsOf(text: string): { readonly holder: string; readonly cookie: string } {
  const dot = text.indexOf('.');
  const [holder, cookie] = [text.slice(0, dot), text.slice(dot + 1)];
  if (/^[\w-]{43}$/.test(holder) && COOKIE.test(cookie)) return { holder, cookie };
  throw new HookcastError('UNAUTHENTICATED', 'The session is not known here. Sign in again.');
}

function parentOf(cookie: string): string | null {
  return Buffer.from(cookie.slice(cookie.indexOf('.') + 1), 'base64url').toString() || null;
}
