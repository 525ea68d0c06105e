import { randomUUID } from 'node:crypto';
import type { AuthConfig, ExchangeConfig } from '../auth-config.ts';
import { HookcastError } from '../errors.ts';
import { holderNamed } from './authenticate.ts';
import type { IdentityProvider } from './identity-provider.ts';
import { signToken } from './sign-token.ts';
import { SCOPES, type Scope } from './viewer.ts';
import { readWixInstance } from './wix-instance.ts';

/** How long an exchanged token lasts, in seconds. */
const LONGEST = 3_600;
const SHORTEST = 1;
const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const JWT = 'urn:ietf:params:oauth:token-type:jwt';
/** The types of tokens that are taken (RFC 8693, section 3). The last is hookcast's own. */
const ID_TOKENS: readonly string[] = ['urn:ietf:params:oauth:token-type:id_token', JWT];
const WIX_INSTANCE = 'urn:hookcast:params:token-type:wix-instance';
const ASKED: readonly string[] = [ACCESS_TOKEN, JWT];

export interface ExchangeOptions {
  readonly config: ExchangeConfig;
  /** Null if no identity provider is set. */
  readonly provider: Pick<IdentityProvider, 'check'> | null;
  readonly auth: Omit<AuthConfig, 'check'>;
  /** Throws if the token was revoked. */
  readonly admit: (tokenId: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A token of the gateway's own, and its holder. */
export interface Exchanged {
  readonly token: string;
  readonly id: string;
  readonly holder: string;
  readonly scope: string;
  /** In seconds. */
  readonly expiresIn: number;
  readonly issuedTokenType: string;
}

/** The person whom the token to exchange names. */
interface Subject {
  readonly name: string;
  readonly tenants: readonly string[];
  readonly scopes: readonly string[];
  readonly expiresAt: number;
  readonly tokenId: string | null;
}

/**
 * Exchanges another issuer's token for one of the gateway's own, which lasts an hour at most (RFC 8693). It gets the scopes that are
 * asked for and that the other token and the settings allow. If no scopes are asked for, it gets `events:read` alone.
 *
 * @throws {HookcastError} BAD_REQUEST, UNAUTHENTICATED, TOKEN_EXPIRED, TOKEN_REVOKED, FORBIDDEN or KEYS_UNAVAILABLE.
 */
export async function exchange(
  form: URLSearchParams,
  { config, provider, auth, admit, now }: ExchangeOptions,
): Promise<Exchanged> {
  const asked = askedFor(form);
  const subject = await subjectOf(asked, { config, provider, now });
  if (subject.tokenId !== null) admit(subject.tokenId);
  const allowed = SCOPES.filter((scope) => subject.scopes.includes(scope) && config.scopes.includes(scope));
  const granted = granting(asked.scopes, allowed);
  const expiresIn = Math.min(LONGEST, Math.floor((subject.expiresAt - now()) / 1000));
  if (expiresIn < SHORTEST) throw new HookcastError('TOKEN_EXPIRED', 'The token has expired. Ask for a fresh one.');
  const id = randomUUID();
  const scope = granted.join(' ');
  const options = { tenant: subject.tenants, scope, expires: expiresIn };
  const token = await signToken({ ...auth, secret: config.secret }, options, { id, label: subject.name }, now());
  const holder = holderNamed(auth.issuer ?? undefined, subject.name);
  return { token, id, holder, scope, expiresIn, issuedTokenType: asked.type };
}

/** @throws {HookcastError} FORBIDDEN if none of the scopes asked for is allowed. */
function granting(asked: readonly string[] | null, allowed: readonly Scope[]): readonly Scope[] {
  const granted = allowed.filter((scope) => (asked ? asked.includes(scope) : scope === 'events:read'));
  if (granted.length > 0) return granted;
  throw new HookcastError(
    'FORBIDDEN',
    `The token allows no scope that was asked for. This token can be exchanged for: ${allowed.join(' ') || 'nothing'}.`,
  );
}

interface Asked {
  readonly token: string;
  readonly tokenType: string;
  /** Null if no scope is asked for. */
  readonly scopes: readonly string[] | null;
  readonly type: string;
}

/** @throws {HookcastError} BAD_REQUEST */
function askedFor(form: URLSearchParams): Asked {
  const one = (name: string): string => {
    const values = form.getAll(name);
    if (values.length > 1) throw new HookcastError('BAD_REQUEST', `Send "${name}" once.`);
    return values[0] ?? '';
  };
  if (one('grant_type') !== GRANT) throw new HookcastError('BAD_REQUEST', `Send grant_type=${GRANT}.`);
  if (one('actor_token') !== '')
    throw new HookcastError(
      'BAD_REQUEST',
      'Leave "actor_token" out: this gateway doesn’t let a token act for another user.',
    );
  const type = one('requested_token_type') || ACCESS_TOKEN;
  if (!ASKED.includes(type))
    throw new HookcastError('BAD_REQUEST', `Leave "requested_token_type" out, or send ${ASKED.join(' or ')}.`);
  const token = one('subject_token');
  if (token === '') throw new HookcastError('BAD_REQUEST', 'Send "subject_token": the token to exchange.');
  const scope = one('scope');
  return {
    token,
    tokenType: one('subject_token_type'),
    scopes: scope.trim() === '' ? null : scope.split(' ').filter(Boolean),
    type,
  };
}

async function subjectOf(
  { token, tokenType }: Asked,
  { config, provider, now }: Pick<ExchangeOptions, 'config' | 'provider' | 'now'>,
): Promise<Subject> {
  if (tokenType === WIX_INSTANCE && config.wixSecrets.length > 0) {
    const { instanceId, user, expiresAt } = readWixInstance(token, config.wixSecrets, now());
    const tenant = `wix:${instanceId}`;
    return { name: `${tenant}:${user}`, tenants: [tenant], scopes: config.scopes, expiresAt, tokenId: null };
  }
  if (ID_TOKENS.includes(tokenType) && provider && config.audiences.length > 0) {
    const { label, tenants, scopes, expiresAt, tokenId } = await provider.check(token, config.audiences);
    return {
      // The prefix keeps these names apart from those that `hookcast token issue` was given.
      name: `oidc:${label}`,
      tenants: tenants ? [...tenants] : ['*'],
      scopes: [...scopes],
      expiresAt: expiresAt ?? 0,
      tokenId,
    };
  }
  const taken = [
    ...(provider && config.audiences.length > 0 ? ID_TOKENS : []),
    ...(config.wixSecrets.length > 0 ? [WIX_INSTANCE] : []),
  ];
  throw new HookcastError('BAD_REQUEST', `Send the kind of the token as "subject_token_type": ${taken.join(' or ')}.`);
}
