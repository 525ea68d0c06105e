import { createSecretKey } from 'node:crypto';
import { SignJWT } from 'jose';
import { SCOPES } from '../auth/viewer.ts';
import { readEnvironment } from '../config.ts';
import { devSecretsFile, readDevSecrets } from './dev-secrets.ts';
import { CommandError, type Terminal } from './terminal.ts';

/** A year, in seconds: what nobody can take back should end by itself. */
const LONGEST = 365 * 24 * 60 * 60;
/** `<provider>:<account>`, or every one. */
const TENANT = /^(?:\*|[a-z][a-z0-9-]*:.+)$/;

export interface TokenOptions {
  readonly tenant: readonly string[];
  readonly scope: string;
  /** Seconds. */
  readonly expires: number;
}

/** `hookcast token`: a token signed with AUTH_SECRET, or with the secret of `hookcast dev`. */
export async function token(
  { tenant = [], scope, expires }: Omit<TokenOptions, 'tenant'> & { readonly tenant?: readonly string[] },
  { env: given, ...terminal }: Terminal,
): Promise<void> {
  if (tenant.length === 0) {
    throw new CommandError(
      `Say which tenants the token may see: --tenant eduzz:40021, or --tenant '*' for every one, in quotes.`,
    );
  }
  const strange = tenant.find((name) => !TENANT.test(name));
  if (strange !== undefined) {
    // Without quotes a shell makes the names of files of *.
    throw new CommandError(
      `"${strange}" is no tenant: they are written like eduzz:40021; every one is '*', in quotes.`,
    );
  }
  if (expires > LONGEST)
    throw new CommandError(`--expires: a token may be good for a year at most, ${LONGEST} seconds.`);
  const unknown = scope.split(' ').filter((one) => !(SCOPES as readonly string[]).includes(one));
  if (unknown.length > 0) {
    throw new CommandError(`There is no scope "${unknown.join(' ')}". There are: ${SCOPES.join(', ')}.`);
  }
  const env = readEnvironment(given, ['AUTH_SECRET']);
  const secret = env['AUTH_SECRET'] || readDevSecrets(devSecretsFile({ env })).authSecret;
  const { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience } = env;
  terminal.print(await signToken({ secret, issuer, audience }, { tenant, scope, expires }));
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
