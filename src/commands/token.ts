import { createSecretKey } from 'node:crypto';
import { SignJWT } from 'jose';
import { SCOPES } from '../auth/viewer.ts';
import { devSecretsFile, readDevSecrets } from './dev-secrets.ts';
import { CommandError, type Terminal } from './terminal.ts';

export interface TokenOptions {
  readonly tenant: readonly string[];
  readonly scope: string;
  /** Seconds. */
  readonly expires: number;
}

/** `hookcast token`: a token signed with AUTH_SECRET, or with the secret of `hookcast dev`. */
export async function token(options: TokenOptions, terminal: Terminal): Promise<void> {
  const unknown = options.scope.split(' ').filter((scope) => !(SCOPES as readonly string[]).includes(scope));
  if (unknown.length > 0) {
    throw new CommandError(`There is no scope "${unknown.join(' ')}". There are: ${SCOPES.join(', ')}.`);
  }
  const secret = terminal.env['AUTH_SECRET'] || readDevSecrets(devSecretsFile(terminal)).authSecret;
  const { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience } = terminal.env;
  terminal.print(await signToken({ secret, issuer, audience }, options));
}

export async function signToken(
  { secret, issuer, audience }: { secret: string; issuer?: string | undefined; audience?: string | undefined },
  { tenant, scope, expires }: TokenOptions,
): Promise<string> {
  const claims = new SignJWT({ tenants: tenant, scope })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + expires);
  if (issuer) claims.setIssuer(issuer);
  if (audience) claims.setAudience(audience);
  return claims.sign(createSecretKey(secret, 'utf8'));
}
